// What the calls of those who look after people, rooms and nodes do: one line each.
import type { adminCalls } from '#shared/protocol/admin-calls.ts';
import type { AdminHub } from '../hub/admin-hub.ts';
import type { Handlers } from './handlers.ts';

export function adminHandlers({
  accounts,
  nodes,
  upkeep,
}: Pick<AdminHub, 'accounts' | 'nodes' | 'upkeep'>): Pick<Handlers, keyof typeof adminCalls> {
  return {
    'user:list': ({ actor }, input) => accounts.list(actor, input),
    'user:show': ({ actor }, input) => accounts.show(actor, input),
    'user:role': ({ actor }, input) => accounts.role(actor, input),
    'user:disable': ({ actor }, input) => accounts.disable(actor, input),
    'user:enable': ({ actor }, input) => accounts.enable(actor, input),
    'user:signout': ({ actor }, input) => accounts.signOut(actor, input),
    'ban:list': ({ actor }, input) => upkeep.bans(actor, input),
    'ban:lift': ({ actor }, input) => upkeep.liftBan(actor, input),
    'room:show': ({ actor }, input) => upkeep.room(actor, input),
    'admin:rooms': ({ actor }, input) => upkeep.rooms(actor, input),
    'admin:stats': ({ actor }) => nodes.stats(actor),
    'admin:sessions': ({ actor }, input) => nodes.sessions(actor, input),
    'admin:disconnect': ({ actor, id }, input) => nodes.disconnect(actor, id, input),
    'admin:audit': ({ actor }, input) => upkeep.audit(actor, input),
  };
}
