// I7: what was acknowledged before something else was sent stands before it, whichever nodes took the two.
import { createFinding, type Evidence, type Finding } from './evidence.ts';

export function checkRealTime(evidence: Evidence): Finding {
  const finding = createFinding();
  for (const [room, attempts] of Map.groupBy(evidence.attempts, ({ send }) => send.room)) {
    const moments: ({ t: number; seq: number; proof: unknown } & ({ acked: true } | { id: string }))[] = [];
    const first = new Map<string, (typeof attempts)[number]>();
    for (const attempt of attempts) {
      const { send, outcome } = attempt;
      if (!first.has(send.id)) first.set(send.id, attempt);
      if (outcome?.kind !== 'ok' || outcome.seq > evidence.kept(room, outcome.t)) continue;
      moments.push({ t: outcome.t, seq: outcome.seq, proof: attempt, acked: true });
    }
    for (const { seq, id } of evidence.rooms.get(room)?.events ?? []) {
      const attempt = first.get(id);
      if (attempt) moments.push({ t: attempt.send.t, seq, proof: attempt, id });
    }
    // At the same moment neither was before the other: sends first.
    moments.sort((a, b) => a.t - b.t || Number('acked' in a) - Number('acked' in b));
    let newest: (typeof moments)[number] | undefined;
    for (const moment of moments) {
      if ('acked' in moment) {
        if (!newest || moment.seq > newest.seq) newest = moment;
        continue;
      }
      finding.fact();
      if (newest && moment.seq < newest.seq)
        finding.broken(
          `${room}/${moment.seq} was sent after ${newest.seq} had been acknowledged`,
          newest.proof,
          moment.proof,
        );
    }
  }
  return finding.end();
}
