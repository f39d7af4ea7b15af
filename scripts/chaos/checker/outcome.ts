// I12: every call ends as ok, refused or unknown; asking again after unknown brings the answer within 60 s.
import { createFinding, type Evidence, type Finding } from './evidence.ts';

const PATIENCE = 60_000;

export function checkOutcome(evidence: Evidence): Finding {
  const finding = createFinding();
  for (const attempts of evidence.byId.values()) {
    const ends = attempts.flatMap(({ outcome }) =>
      outcome && outcome.kind !== 'unknown' ? [outcome.t] : [],
    );
    for (const { send, outcome } of attempts) {
      finding.fact();
      if (!outcome) finding.broken(`call ${send.call} of ${send.client} never ended`, send);
      else if (outcome.kind === 'unknown' && !ends.some(end => end <= outcome.t + PATIENCE))
        finding.broken(`the outcome of ${send.id} was unknown and stayed so`, send, outcome);
    }
  }
  return finding.end();
}
