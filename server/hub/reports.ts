// What members report to those who moderate: who is told, and that what is done about it reaches the room as everything else does.
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { Bus, Hints } from './bus.ts';
import type { Batch } from './log-writer.ts';
import { entriesOf } from './log-writer.ts';
import type { Actor, Log, Outlet } from './ports.ts';
import type { RecordStore } from './ports-records.ts';
import type { SocketBook } from './socket-book.ts';

/** Messages that one person may report within an hour. */
const MOST_AN_HOUR = 30;

export interface Reports {
  send(actor: Actor, input: ParsedInput<'report:send'>): Promise<CallData<'report:send'>>;
  list(actor: Actor, input: ParsedInput<'report:list'>): Promise<CallData<'report:list'>>;
  settle(actor: Actor, input: ParsedInput<'report:settle'>): Promise<CallData<'report:settle'>>;
  heard(hint: Hints['reports']): void;
}

export function createReports(deps: {
  store: Pick<RecordStore, 'sendReport' | 'reports' | 'settleReport'>;
  outlet: Pick<Outlet, 'reports'>;
  sockets: SocketBook;
  bus: Bus;
  /** Entries were written past the log writer. */
  committed(batches: Batch[]): void;
  /** A message is gone, and its files with it. */
  deleted(): void;
  log: Log;
}): Reports {
  const { store, outlet, sockets, bus } = deps;

  const heard = ({ room, users }: Hints['reports']) =>
    outlet.reports(
      users.flatMap(user => sockets.of(user)),
      { room },
    );
  const changed = (room: string, users: readonly string[]) => {
    if (users.length === 0) return;
    heard({ room, users });
    bus.publish('reports', { room, users });
  };

  return {
    heard,
    async send(actor, input) {
      const { id, again, tell = [] } = await store.sendReport(actor, input, MOST_AN_HOUR);
      changed(input.room, tell);
      return { id, ...(again && { again }) };
    },
    list: (actor, input) => store.reports(actor, input),
    async settle(actor, input) {
      const { room, results, tell } = await store.settleReport(actor, input);
      const [first] = results;
      if (first && 'epoch' in first) {
        const events = results.flatMap(entriesOf);
        deps.committed([{ room, epoch: first.epoch, head: events.at(-1)?.seq ?? 0, events }]);
      }
      if (input.action === 'delete' || input.delete) deps.deleted();
      changed(room, tell);
      deps.log.info(
        { audit: 'report_settled', report: input.id, action: input.action, by: actor.id },
        'A report was settled',
      );
      return {};
    },
  };
}
