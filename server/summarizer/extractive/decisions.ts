// What was decided: said so in as many words, or proposed by one and agreed to by others.
import type { Claim } from '../../hub/ports-ai.ts';
import { isAgreement, isDecision, isProposal, isRefusal, proposed } from './cues.ts';
import { capital, type Item, names, open, within } from './items.ts';
import type { Sentence } from './sentences.ts';
import type { Talk } from './talk.ts';
import { words as split } from './words.ts';

/** An answer comes within so many lines, or as a reply. */
const NEAR = 6;

export function decisions({ all, texts, salience, request, english }: Talk): Claim[] {
  const items: Item[] = [];
  all.forEach((sentence, index) => {
    const text = texts[index]!;
    const said = isDecision(text);
    const proposal = isProposal(text);
    if ((!said && !proposal) || split(text).length < 4 || text.length > 300) return;
    const { agreed, refused } = answers(all, index);
    if (!said && (agreed.length === 0 || refused)) return;
    const what = proposal
      ? proposed(text)
      : open(text).replace(/^(?:final )?(?:decision|decided|agreed|resolved): */i, '');
    if (split(what).length < 2) return;
    const by =
      agreed.length > 0
        ? `${sentence.by}; ${english ? 'agreed by' : '✓'} ${names(agreed.map(({ by }) => by))}`
        : sentence.by;
    items.push({
      index,
      text: `${capital(what)} (${by}).`,
      cites: [...sentence.cites, ...agreed.flatMap(({ cites }) => cites)],
      score: (said ? 2 : 1) + Math.min(2, agreed.length) * 0.5 + salience(index),
    });
  });
  return within(items, request.words);
}

/** Who agreed with a sentence and whether somebody did not, before somebody else proposed something. */
export function answers(all: readonly Sentence[], index: number): { agreed: Sentence[]; refused: boolean } {
  const asked = all[index]!;
  const agreed: Sentence[] = [];
  let refused = false;
  for (let i = index + 1; i < all.length; i++) {
    const next = all[i]!;
    const replies = next.replyTo !== undefined && asked.cites.includes(next.replyTo);
    if (next.line - asked.line > NEAR * 10) break;
    if (!replies && (next.line - asked.line > NEAR || next.replyTo !== undefined)) continue;
    if (next.by === asked.by || next.line === asked.line) continue;
    const asks = isProposal(next.text) || /[?？]\s*$/.test(next.text);
    if (asks && !isAgreement(next.text)) {
      if (!replies) break;
    } else if (isRefusal(next.text)) refused = true;
    else if (isAgreement(next.text) && !agreed.some(({ by }) => by === next.by)) agreed.push(next);
  }
  return { agreed, refused };
}
