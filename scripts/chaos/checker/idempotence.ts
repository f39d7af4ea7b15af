// I3: an id has one number for ever, whoever asks again and on whichever node; with another body it is refused.
import { createFinding, type Evidence, type Finding } from './evidence.ts';

export function checkIdempotence(evidence: Evidence): Finding {
  const finding = createFinding();
  for (const attempts of evidence.byId.values()) {
    const accepted = attempts.filter(({ outcome }) => outcome?.kind === 'ok');
    const [first] = accepted;
    if (attempts.length > 1) finding.fact();
    if (first?.outcome?.kind !== 'ok') continue;
    for (const { send, outcome } of accepted) {
      if (outcome?.kind !== 'ok' || outcome === first.outcome) continue;
      const restored = first.outcome.seq > evidence.kept(send.room, Math.min(first.outcome.t, outcome.t));
      if (outcome.seq !== first.outcome.seq && !restored)
        finding.broken(`${send.id} was acknowledged as ${first.outcome.seq} and as ${outcome.seq}`, first, {
          send,
          outcome,
        });
      if (send.body !== first.send.body || send.type !== first.send.type)
        finding.broken(`${send.id} was accepted with two bodies`, first, { send, outcome });
    }
  }
  for (const room of evidence.rooms.values()) {
    const seen = new Map<string, number>();
    for (const event of room.events) {
      finding.fact();
      const before = seen.get(event.id);
      if (before !== undefined)
        finding.broken(`${event.id} stands in ${room.id} at ${before} and at ${event.seq}`, event);
      seen.set(event.id, event.seq);
    }
  }
  return finding.end();
}
