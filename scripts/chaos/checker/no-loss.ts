// I1: every acknowledged entry is in the final log at the number that was acknowledged, and in the final read of everyone entitled to it.
import { createFinding, type Evidence, type Finding, floorAt } from './evidence.ts';

export function checkNoLoss(evidence: Evidence): Finding {
  const finding = createFinding();
  for (const { send, outcome } of evidence.attempts) {
    if (outcome?.kind !== 'ok' || outcome.seq > evidence.kept(send.room, outcome.t)) continue;
    finding.fact();
    const found = evidence.entry(send.room, outcome.seq);
    if (found?.id !== send.id)
      finding.broken(
        `${send.id} was acknowledged as ${send.room}/${outcome.seq}, which is not it`,
        send,
        outcome,
        found,
      );
  }
  for (const read of evidence.of('final')) {
    const room = evidence.rooms.get(read.room);
    const floor = floorAt(evidence, read.room, read.user, read.head);
    if (!room || floor === undefined) continue;
    finding.fact();
    const got = new Set(evidence.events(read.events).map(event => event.id));
    const missing = room.events.filter(event => event.seq >= floor && !got.has(event.id));
    if (missing.length > 0)
      finding.broken(
        `${read.user} on ${read.node} was not given ${missing.length} entries of ${read.room}`,
        read,
        missing[0],
      );
  }
  return finding.end();
}
