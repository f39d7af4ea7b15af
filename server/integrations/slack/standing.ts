// How the connection stands as a whole, out of what its parts report. Changes are logged once.
import type { Log } from '../../hub/ports.ts';
import type { VendorState } from '../../hub/ports-integrations.ts';
import { type Trouble, tell } from './trouble.ts';

export interface Standing {
  /** Replaces what this part reported before; null: all is well with it. */
  report(part: string, problem: VendorState | null): void;
  /** As `report`, in the words for the trouble. */
  trouble(part: string, trouble: Trouble, about?: string): void;
  state(): VendorState;
}

/** The first that any part is in, is the state of the whole. */
const WORST_FIRST = ['failed', 'connecting', 'degraded'] as const;

/** @param tokenLost is called when a part hears that the token is no good */
export function createStanding(log: Log, tokenLost: () => void): Standing {
  const problems = new Map<string, VendorState>();
  const standing: Standing = {
    report(part, problem) {
      const before = JSON.stringify(problems.get(part) ?? null);
      if (JSON.stringify(problem) === before) return;
      if (problem) problems.set(part, problem);
      else problems.delete(part);
      if (problem && 'reason' in problem)
        log.warn({ vendor: 'slack', part, ...problem }, 'trouble with Slack');
      else if (before !== 'null')
        log.info({ vendor: 'slack', part, state: problem?.state ?? 'well' }, 'Slack');
    },
    trouble(part, trouble, about) {
      if (trouble.kind === 'hub') return;
      const { reason, next } = tell(trouble);
      const whole = about ? `${about}: ${reason}` : reason;
      if (trouble.kind === 'token') {
        const known = problems.has('token');
        standing.report('token', { state: 'failed', reason, next: next ?? '' });
        if (!known) tokenLost();
      } else standing.report(part, { state: 'degraded', reason: next ? `${whole} ${next}` : whole });
    },
    state() {
      const all = [...problems.values()];
      for (const worst of WORST_FIRST) {
        const found = all.filter(({ state }) => state === worst);
        const [first] = found;
        if (!first) continue;
        if (first.state !== 'degraded') return first;
        const reasons = found.flatMap(one => ('reason' in one ? [one.reason] : []));
        return { state: 'degraded', reason: [...new Set(reasons)].join(' ') };
      }
      return { state: 'ready' };
    },
  };
  return standing;
}
