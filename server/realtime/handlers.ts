// What each call does: one line, from the wire to the domain.
import type { CallData, CallName, ParsedInput } from '#shared/protocol/calls.ts';
import { HubError } from '../hub/errors.ts';
import type { Hub } from '../hub/hub.ts';
import type { SignedIn } from '../hub/sessions.ts';
import { adminHandlers } from './handlers-admin.ts';
import { botHandlers } from './handlers-bots.ts';
import { hookHandlers } from './handlers-hooks.ts';
import { ledgerHandlers } from './handlers-ledger.ts';
import { notifyHandlers } from './handlers-notify.ts';
import { reachHandlers } from './handlers-reach.ts';
import { recordHandlers } from './handlers-records.ts';
import type { Session } from './session.ts';

/** Who makes a call: somebody at a socket, whose id that is, or at a door that has none. */
export interface Caller {
  readonly id: string;
  readonly actor: SignedIn;
}

export type Handlers = {
  [C in CallName]: (
    caller: C extends 'session:refresh' ? Session : Caller,
    input: ParsedInput<C>,
  ) => Promise<CallData<C>>;
};

/** Calls that take their place in the log writer's queue, or another, as they begin, or that nothing waits for: many of one socket may be under way at once. */
export const overlapping: ReadonlySet<CallName> = new Set<CallName>([
  'message:send',
  'message:edit',
  'message:delete',
  'message:react',
  'message:pin',
  'read:mark',
  'typing',
  'drive:lookup',
  'summary:request',
  'summary:get',
  'summary:cancel',
  'summary:live',
  'file:get',
  'file:link',
  'announce:ack',
  'announce:dismiss',
  'cursor:get',
  'cursor:set',
  'command:run',
  'command:ack',
  'command:respond',
  'message:draft',
  'admin:stats',
  'admin:sessions',
  'admin:disconnect',
  'hook:test',
]);

/** Calls that a model may have to work for: counted by person and room on their own. */
export const asking: ReadonlySet<CallName> = new Set<CallName>(['summary:request']);

/** Calls that write, and so are counted against the person and the room. */
export const writing: ReadonlySet<CallName> = new Set<CallName>([
  'room:create',
  'room:update',
  'member:add',
  'member:remove',
  'member:role',
  'member:mute',
  'message:send',
  'message:edit',
  'message:delete',
  'message:react',
  'message:pin',
  'link:code',
  'link:set',
  'link:remove',
  'announce:send',
  'announce:ack',
  'announce:dismiss',
  'announce:cancel',
  'announce:remind',
  'push:subscribe',
  'push:unsubscribe',
  'contact:phone',
  'contact:subscribe',
  'contact:confirm',
  'outbox:retry',
  'notify:set',
  'notify:room',
  'notify:thread',
  'command:run',
  'command:respond',
  'bot:scopes',
  'user:role',
  'user:disable',
  'user:enable',
  'user:signout',
  'ban:lift',
  'admin:disconnect',
  'hook:create',
  'hook:renew',
  'hook:resume',
  'hook:remove',
  'hook:test',
  'admin:trace',
  'report:send',
  'report:settle',
  'retention:hold',
]);

/** Calls that cost the database much, and so are counted against the person by a rate of their own. */
export const searching: ReadonlySet<CallName> = new Set<CallName>(['search']);

export function createHandlers(hub: Hub, authenticate: (token: string) => Promise<SignedIn>): Handlers {
  const { rooms, messages, links, integrations, summaries } = hub;
  return {
    'room:create': ({ actor }, input) => rooms.create(actor, input),
    'room:list': ({ actor }, input) => rooms.list(actor, input),
    'room:leave': ({ actor, id }, input) => rooms.leave(actor, id, input),
    'room:update': ({ actor }, input) => rooms.update(actor, input),
    'member:add': ({ actor }, input) => rooms.add(actor, input),
    'member:remove': ({ actor }, input) => rooms.remove(actor, input),
    'member:role': ({ actor }, input) => rooms.role(actor, input),
    'member:mute': ({ actor }, input) => rooms.mute(actor, input),
    'message:send': ({ actor }, input) => messages.send(actor, input),
    'message:edit': ({ actor }, input) => messages.edit(actor, input),
    'message:delete': ({ actor }, input) => messages.delete(actor, input),
    'message:react': ({ actor }, input) => messages.react(actor, input),
    'message:pin': ({ actor }, input) => messages.pin(actor, input),
    search: ({ actor }, input) => hub.search.search(actor, input),
    typing: async ({ actor, id }, { room, on }) => {
      hub.signals.typing(id, actor.id, room, on);
      return {};
    },
    'presence:set': async ({ actor }, claim) => ({ presence: hub.presence.set(actor.id, claim) }),
    'presence:get': ({ actor }, input) => rooms.presence(actor, input),
    'presence:explain': ({ actor }, { user }) => hub.explain(actor, user),
    'user:get': ({ actor }, input) => rooms.users(actor, input),
    'link:list': ({ actor }, input) => links.list(actor, input),
    'link:code': ({ actor }, input) => links.code(actor, input),
    'link:set': ({ actor }, input) => links.set(actor, input),
    'link:remove': ({ actor }, input) => links.remove(actor, input),
    'integration:list': async ({ actor }) => integrations.list(actor),
    'drive:lookup': async ({ actor }, { url }) => ({ link: await hub.fileLinks.lookup(actor.id, url) }),
    'summary:request': ({ actor }, input) => summaries.request(actor, input),
    'summary:get': ({ actor }, input) => summaries.get(actor, input),
    'summary:cancel': ({ actor }, input) => summaries.cancel(actor, input),
    'summary:live': ({ actor }, input) => summaries.live(actor, input),
    'file:get': ({ actor }, { file }) => hub.files.get(actor, file),
    'file:link': ({ actor }, input) => hub.files.link(actor, input),
    'files:list': ({ actor }, input) => hub.files.list(actor, input),
    ...reachHandlers(hub),
    ...adminHandlers(hub.admin),
    ...recordHandlers(hub),
    ...notifyHandlers(hub.notices),
    'session:refresh': async (session, { token }) => {
      const proved = performance.now();
      const actor = await authenticate(token);
      if (actor.id !== session.actor.id) throw new HubError('forbidden', 'This token is of someone else.');
      session.refresh(actor);
      hub.admin.refreshed(actor, session.id, proved);
      return { expiresAt: new Date(actor.expiresAt).toISOString() };
    },
    ...botHandlers(hub.bots),
    ...hookHandlers(hub.hooks),
    ...ledgerHandlers(hub),
  };
}
