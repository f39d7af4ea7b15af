// What the calls about being told of messages do: one line each.
import type { Notices } from '../hub/notices.ts';
import type { Handlers } from './handlers.ts';

export function notifyHandlers(
  notices: Notices,
): Pick<Handlers, Extract<keyof Handlers, `notify:${string}`>> {
  return {
    'notify:get': ({ actor }) => notices.get(actor),
    'notify:set': ({ actor }, input) => notices.set(actor, input),
    'notify:room': ({ actor }, input) => notices.room(actor, input),
    'notify:thread': ({ actor }, input) => notices.thread(actor, input),
    'notify:list': ({ actor }, input) => notices.list(actor, input),
  };
}
