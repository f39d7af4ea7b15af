// What the whole group agreed on, as a report tells it: proposals that most of the others said yes to.
import { isProposal } from './cues.ts';
import { answers } from './decisions.ts';
import { reported } from './reported.ts';
import { isWhole } from './sound.ts';
import type { Talk } from './talk.ts';

export interface Agreement {
  /** The number of the proposal's sentence. */
  readonly index: number;
  /** "to drop it", "that they should drop it". */
  readonly text: string;
  readonly terms: readonly string[];
  readonly cites: readonly string[];
  readonly score: number;
}

const [SHORTEST, LONGEST] = [4, 22];
/** So many must say yes, or everybody else where there are fewer. */
const SOME = 2;

/** About how to go on, and not about what. */
const IDLE =
  /^(?:they (?:should|could|can|might) )?(?:just )?(?:see|say|look|wait|go (?:ahead|on|back|home|over|to the next|through)|move on|begin|continue|start|finish|stop|listen|read|hear|chat|talk)\b/i;

/** The most telling first. */
export function agreements(talk: Talk): Agreement[] {
  const { all, texts, terms } = talk;
  const others = new Set(all.map(({ by }) => by)).size - 1;
  const found: Agreement[] = [];
  all.forEach((sentence, index) => {
    const text = texts[index]!;
    const length = text.split(' ').length;
    if (length < SHORTEST || length > LONGEST || new Set(terms[index]).size < 2) return;
    if (!isProposal(text) || !isWhole(text)) return;
    const { agreed, refused } = answers(all, index);
    if (refused || agreed.length === 0 || agreed.length < Math.min(SOME, others)) return;
    const report = reported(text.replace(/\?$/, ''), talk.isOrdinary);
    if (report && IDLE.test(report.statement)) return;
    const joint = /^suggested (to|that)$/.exec(report?.verb ?? '')?.[1];
    if (!report || !joint) return;
    found.push({
      index,
      text: `${joint} ${report.statement}`,
      terms: [...new Set(terms[index])],
      cites: [...sentence.cites, ...agreed.flatMap(({ cites }) => cites)],
      score: talk.salience(index) + 0.1 * agreed.length,
    });
  });
  return found.sort((a, b) => b.score - a.score || a.index - b.index);
}
