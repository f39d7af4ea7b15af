// I6: what one device sent to one room stands in the log in the order in which it was sent.
import { type Attempt, createFinding, type Evidence, type Finding } from './evidence.ts';

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
      if (seq === undefined || gaveUp(attempts, send.id)) continue;
      finding.fact();
      if (last && seq < last.seq)
        finding.broken(`${send.client} sent ${send.id} later, and it stands before`, last, { send, seq });
      else last = { seq, send };
    }
  }
  return finding.end();
}

/**
 * Refused on one way while another way's outcome was unknown, and never acknowledged: the sender went on to the next, and what becomes of
 * the other attempt, whose hub may stand still for half a minute, has no place in the order.
 */
function gaveUp(attempts: readonly Attempt[], id: string): boolean {
  const kinds = attempts.flatMap(({ send, outcome }) => (send.id === id && outcome ? [outcome.kind] : []));
  return kinds.includes('fail') && kinds.includes('unknown') && !kinds.includes('ok');
}
