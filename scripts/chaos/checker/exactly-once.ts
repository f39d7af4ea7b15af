// I5: in each stay a client applies consecutive entries, each once; and a subscription carries each entry once, without a hole.
import type { HistoryRecord } from '../history.ts';
import { createFinding, type Evidence, type Finding } from './evidence.ts';

export function checkExactlyOnce(evidence: Evidence): Finding {
  const finding = createFinding();
  /** What comes next, by client, room and stay. */
  const copies = new Map<string, { next: number; last: HistoryRecord }>();
  /** What comes next, by socket and room. */
  const subscriptions = new Map<string, { next: number; last: HistoryRecord }>();

  for (const record of evidence.history) {
    switch (record.kind) {
      case 'join': {
        const copy = `${record.client} ${record.room} ${record.stay}`;
        if (!copies.has(copy)) copies.set(copy, { next: record.base + 1, last: record });
        subscriptions.set(`${record.socket} ${record.room}`, { next: record.head + 1, last: record });
        consecutive(record.entries, record.recovered ? record.base + 1 : undefined, record);
        break;
      }
      case 'leave':
        subscriptions.delete(`${record.socket} ${record.room}`);
        break;
      case 'wire': {
        const subscription = subscriptions.get(`${record.socket} ${record.room}`);
        // Frames under way while a client leaves or joins again are nobody's.
        if (!subscription) break;
        consecutive(record.entries, subscription.next, record, subscription.last);
        subscription.next = (record.entries.at(-1)?.[0] ?? subscription.next - 1) + 1;
        subscription.last = record;
        break;
      }
      case 'apply': {
        const copy = copies.get(`${record.client} ${record.room} ${record.stay}`);
        finding.fact();
        if (!copy) finding.broken(`${record.client} applied entries of a room it has not joined`, record);
        else if (record.from !== copy.next || record.to < record.from)
          finding.broken(
            `${record.client} applied ${record.from} where ${copy.next} was next`,
            copy.last,
            record,
          );
        if (copy) Object.assign(copy, { next: record.to + 1, last: record });
        break;
      }
    }
  }

  function consecutive(
    entries: readonly (readonly [number, ...unknown[]])[],
    first: number | undefined,
    ...proof: unknown[]
  ) {
    let next = first;
    for (const [seq] of entries) {
      finding.fact();
      if (next !== undefined && seq !== next) finding.broken(`${seq} came where ${next} was next`, ...proof);
      next = seq + 1;
    }
  }
  return finding.end();
}
