// Webhooks through the SQL functions of migration 0024: the HookStore of every driver.
import type { Hook } from '#shared/protocol/hooks.ts';
import type { Actor, Outcome } from '../../hub/ports.ts';
import type { HookStore } from '../../hub/ports-hooks.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

export function createHookStore(db: Pick<Db, 'call'>): HookStore {
  const call = refusingCall(db);
  const by = ({ id, role }: Actor) => ({ user: id, admin: role === 'admin' });
  return {
    createHook: async (actor, hook, most) =>
      (await call<{ outcome?: Outcome }>('create_hook', { ...hook, ...by(actor), most })).outcome,
    hooks: async (actor, room) =>
      (await call<{ hooks: Hook[] }>('list_hooks', { ...by(actor), ...(room && { room }) })).hooks,
    hook: async (actor, id) => (await call<{ hook: Hook }>('get_hook', { id, ...by(actor) })).hook,
    removeHook: (actor, id) => call('remove_hook', { id, ...by(actor) }),
    renewHook: (actor, id, renewal) => call('renew_hook', { id, ...by(actor), ...renewal }),
    resumeHook: async (actor, id, skip) =>
      (await call<{ hook: Hook }>('resume_hook', { id, skip, ...by(actor) })).hook,
    findHook: hash => call('find_hook', { hash }),
    stepHooks: (limit, hops) => call('step_hooks', { limit, hops }),
    hookDelivery: (hook, seq) => call('hook_delivery', { hook, ...(seq !== undefined && { seq }) }),
    hookTried: async (hook, tried, most, channels) =>
      void (await call('hook_tried', { hook, ...tried, most, channels })),
  };
}
