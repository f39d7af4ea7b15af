// What the calls about webhooks do: one line each.
import type { HookHub } from '../hub/hook-hub.ts';
import type { Handlers } from './handlers.ts';

export function hookHandlers(hooks: HookHub): Pick<Handlers, Extract<keyof Handlers, `hook:${string}`>> {
  return {
    'hook:create': ({ actor }, input) => hooks.create(actor, input),
    'hook:list': ({ actor }, input) => hooks.list(actor, input),
    'hook:get': ({ actor }, input) => hooks.get(actor, input),
    'hook:remove': ({ actor }, input) => hooks.remove(actor, input),
    'hook:renew': ({ actor }, input) => hooks.renew(actor, input),
    'hook:resume': ({ actor }, input) => hooks.resume(actor, input),
    'hook:test': ({ actor }, input) => hooks.test(actor, input),
  };
}
