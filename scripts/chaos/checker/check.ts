// All invariants on one run: the list of them, and the verdict on each.
import type { FinalState, HistoryRecord } from '../history.ts';
import { checkConfidentiality } from './confidentiality.ts';
import { checkConvergence } from './convergence.ts';
import { checkEpoch } from './epoch.ts';
import { type Evidence, type Finding, gather, type Reads } from './evidence.ts';
import { checkExactlyOnce } from './exactly-once.ts';
import { checkHealth } from './health.ts';
import { checkIdempotence } from './idempotence.ts';
import { checkLiveness } from './liveness.ts';
import { checkNoLoss } from './no-loss.ts';
import { checkNoPhantom } from './no-phantom.ts';
import { checkOrder } from './order.ts';
import { checkOutcome } from './outcome.ts';
import { checkPresence } from './presence.ts';
import { checkRealTime } from './real-time.ts';
import { checkSenderOrder } from './sender-order.ts';
import { checkSession } from './session.ts';

export interface Verdict extends Finding {
  readonly invariant: string;
  readonly name: string;
  /** `undecided`: the run holds nothing that could have broken it. */
  readonly result: 'held' | 'broken' | 'undecided';
}

/** I14 (effects at Slack and elsewhere) is not decided here, since no service outside is part of a run: `bench:slack-mirror` is for it. */
const invariants: readonly (readonly [string, string, (evidence: Evidence) => Finding])[] = [
  ['I1', 'no loss', checkNoLoss],
  ['I2', 'no phantom', checkNoPhantom],
  ['I3', 'idempotence', checkIdempotence],
  ['I4', 'dense total order', checkOrder],
  ['I5', 'exactly-once apply', checkExactlyOnce],
  ['I6', 'sender order', checkSenderOrder],
  ['I7', 'real time', checkRealTime],
  ['I8', 'session', checkSession],
  ['I9', 'confidentiality', checkConfidentiality],
  ['I10', 'convergence', checkConvergence],
  ['I11', 'presence', checkPresence],
  ['I12', 'honest outcome', checkOutcome],
  ['I13', 'liveness', checkLiveness],
  ['I15', 'epoch', checkEpoch],
  ['I16', 'health', checkHealth],
];

export function check(history: readonly HistoryRecord[], state: FinalState, reads: Reads): Verdict[] {
  const evidence = gather(history, state, reads);
  return invariants.map(([invariant, name, decide]) => {
    const finding = decide(evidence);
    const result = finding.violations.length > 0 ? 'broken' : finding.facts > 0 ? 'held' : 'undecided';
    return { invariant, name, result, ...finding };
  });
}
