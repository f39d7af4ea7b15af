// Calls by which a socket is given entries, or its device says which it has: done as everywhere, and noted in the delivery ledger.
import type { Hub } from '../hub/hub.ts';
import type { Handlers } from './handlers.ts';

type LedgerCall = 'room:join' | 'messages:read' | 'events:read' | 'read:mark' | 'cursor:set' | 'admin:trace';

export function ledgerHandlers({
  rooms,
  messages,
  bots,
  ledger,
  traces,
  markRead,
}: Pick<Hub, 'rooms' | 'messages' | 'bots' | 'ledger' | 'traces' | 'markRead'>): Pick<Handlers, LedgerCall> {
  return {
    async 'room:join'({ actor, id }, input) {
      const joined = await rooms.join(actor, id, input);
      const place = { room: input.room, epoch: joined.epoch };
      const { after } = input;
      if (after?.epoch === joined.epoch && after.seq <= joined.head)
        ledger.named(id, 'acknowledged', place, after.seq);
      ledger.given(id, 'recovered', place, joined.events);
      ledger.given(id, 'page', place, joined.messages ?? []);
      return joined;
    },
    async 'messages:read'({ actor, id }, input) {
      const page = await messages.read(actor, input);
      ledger.given(id, 'page', { room: input.room, epoch: page.epoch, thread: input.thread }, page.messages);
      return page;
    },
    async 'events:read'({ actor, id }, input) {
      const page = await messages.log(actor, input);
      ledger.given(id, 'recovered', { room: input.room, epoch: page.epoch }, page.events);
      return page;
    },
    async 'read:mark'({ actor, id }, { room, seq }) {
      const marked = await markRead(actor, room, seq);
      ledger.named(id, 'read', { room }, Math.min(seq, marked.readSeq));
      return marked;
    },
    async 'cursor:set'({ actor, id }, input) {
      const moved = await bots.moveCursor(actor, input);
      ledger.named(id, 'acknowledged', input, Math.min(input.seq, moved.seq));
      return moved;
    },
    'admin:trace': ({ actor }, input) => traces.trace(actor, input),
  };
}
