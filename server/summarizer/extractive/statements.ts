// The sentences of an English talk that can be told in a report, and how.
import { isDecision, isProposal } from './cues.ts';
import { type Reported, reported } from './reported.ts';
import { isSound } from './sound.ts';
import type { Talk } from './talk.ts';

export interface Statement {
  /** The number of its sentence. */
  readonly index: number;
  readonly by: string;
  readonly report: Reported;
  readonly terms: readonly string[];
  /** As told, with who says it. */
  readonly words: number;
  readonly proposal: boolean;
  /** It proposes, decides or counts something. */
  readonly cue: boolean;
}

const SHORTEST = 7;
const LONGEST = 28;
const NUMBER =
  /\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|percent|per cent)\b/i;

export function statements({ all, texts, terms, isOrdinary }: Talk): Statement[] {
  const found: Statement[] = [];
  all.forEach(({ by }, index) => {
    const text = texts[index]!;
    // A claim of another summary is a report already.
    if (text.startsWith(by) || !isSound(text)) return;
    const report = reported(text, isOrdinary);
    if (!report) return;
    const count = report.statement.split(' ').length;
    if (count < SHORTEST || count > LONGEST) return;
    const proposal = isProposal(text) || report.verb.startsWith('suggested');
    const name = by.replace(/\s*\(.*$/, '') || by;
    found.push({
      index,
      by: name,
      report,
      terms: [...new Set(terms[index])],
      words: count + name.split(' ').length + report.verb.split(' ').length,
      proposal,
      cue: proposal || isDecision(text) || NUMBER.test(text),
    });
  });
  return found;
}
