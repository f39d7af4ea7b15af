// What the calls about announcements, and about how people are reached, do: one line each.
import type { Hub } from '../hub/hub.ts';
import type { Handlers } from './handlers.ts';

type ReachCall = `${'announce' | 'push' | 'contact' | 'outbox'}:${string}` | 'admin:audit';

export function reachHandlers({
  announcements,
  contacts,
  outbox,
  confirmations,
}: Pick<Hub, 'announcements' | 'contacts' | 'outbox' | 'confirmations'>): Pick<
  Handlers,
  Extract<keyof Handlers, ReachCall>
> {
  return {
    'announce:send': ({ actor }, input) => announcements.send(actor, input),
    'announce:ack': ({ actor }, input) => announcements.ack(actor, input),
    'announce:dismiss': ({ actor }, input) => announcements.dismiss(actor, input),
    'announce:status': ({ actor, id }, input) => announcements.status(actor, id, input),
    'announce:list': ({ actor }, input) => announcements.list(actor, input),
    'announce:cancel': ({ actor }, input) => announcements.cancel(actor, input),
    'announce:remind': ({ actor }, input) => announcements.remind(actor, input),
    'push:list': ({ actor }) => contacts.devices(actor),
    'push:subscribe': ({ actor }, input) => contacts.addDevice(actor, input),
    'push:unsubscribe': ({ actor }, input) => contacts.removeDevice(actor, input),
    'contact:get': ({ actor }, input) => contacts.get(actor, input),
    'contact:phone': ({ actor }, input) => contacts.setPhone(actor, input),
    'contact:subscribe': ({ actor }, input) => contacts.subscribe(actor, input),
    'contact:confirm': async ({ actor }) => {
      await confirmations.ask(actor.id);
      return {};
    },
    'outbox:list': async ({ actor }, input) => outbox.list(actor, input),
    'outbox:retry': ({ actor }, input) => outbox.retry(actor, input),
    'admin:audit': ({ actor }, input) => announcements.audit(actor, input),
  };
}
