// I6: what one device sent to one room stands in the log in the order in which it was sent.
import { createFinding, type Evidence, type Finding } from './evidence.ts';

export function checkSenderOrder(evidence: Evidence): Finding {
  const finding = createFinding();
  const seqs = new Map(
    [...evidence.rooms.values()].map(room => [
      room.id,
      new Map(room.events.map(event => [event.id, event.seq])),
    ]),
  );
  const lanes = Map.groupBy(evidence.attempts, ({ send }) => `${send.client} ${send.room}`);
  for (const attempts of lanes.values()) {
    const seen = new Set<string>();
    let last: { seq: number; send: unknown } | undefined;
    for (const { send } of attempts) {
      // Later attempts of the same id are repeats, of the same place in the order.
      if (seen.has(send.id)) continue;
      seen.add(send.id);
      const seq = seqs.get(send.room)?.get(send.id);
      if (seq === undefined) continue;
      finding.fact();
      if (last && seq < last.seq)
        finding.broken(`${send.client} sent ${send.id} later, and it stands before`, last, { send, seq });
      else last = { seq, send };
    }
  }
  return finding.end();
}
