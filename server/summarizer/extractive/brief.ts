// The short account of a talk in English: what it was about, and topic by topic what was discussed and who said what that matters.
import type { Claim } from '../../hub/ports-ai.ts';
import { type Phrase, phrases } from './phrases.ts';
import { type Reported, reported } from './reported.ts';
import type { Sentence } from './sentences.ts';
import { isSound } from './sound.ts';
import type { Talk } from './talk.ts';
import { topics } from './topics.ts';

export const K = { seg: 38, maxLen: 28, minLen: 7, lenPow: 0.5, phr: 3, open: 3, budget: 0.93, perTopic: 2 };

interface Statement {
  readonly index: number;
  readonly sentence: Sentence;
  readonly report: Reported;
  readonly terms: readonly string[];
  readonly words: number;
}

export function brief({ request, all, texts, terms, vocabulary, weight }: Talk): Claim[] {
  const statements: Statement[] = [];
  all.forEach((sentence, index) => {
    const report = reported(texts[index]!);
    if (!report || !isSound(texts[index]!)) return;
    const words = report.statement.split(' ').length;
    if (words < K.minLen || words > K.maxLen) return;
    statements.push({ index, sentence, report, terms: [...new Set(terms[index])], words: words + 3 });
  });

  const starts = topics(terms, Math.max(1, Math.round(request.words / K.seg)));
  const known = phrases(texts, vocabulary);
  const budget = request.words * K.budget;
  const covered = new Set<string>();
  const claims: Claim[] = [];
  let used = 0;
  const add = (text: string, cites: Iterable<string>) => {
    claims.push({ text, cites: [...new Set(cites)] });
    used += text.split(/\s+/).length;
  };
  const cite = (list: readonly Phrase[], from = 0, to = all.length) =>
    list.flatMap(phrase =>
      phrase.sentences
        .filter(i => i >= from && i < to)
        .slice(0, 2)
        .flatMap(i => all[i]!.cites.slice(0, 1)),
    );

  const main = distinct(known, K.open, new Set());
  const usedPhrases = new Set(main.flatMap(({ terms }) => terms.join(' ')));
  if (main.length > 0) add(`The meeting was about ${listed(main.map(p => p.text))}.`, cite(main));
  for (const phrase of main) for (const term of phrase.terms) covered.add(term);

  starts.forEach((from, n) => {
    const to = starts[n + 1] ?? all.length;
    const share = (budget - used) / (starts.length - n);
    const local = known
      .map(phrase => {
        const here = phrase.sentences.filter(i => i >= from && i < to).length;
        const expected = (phrase.sentences.length * (to - from)) / all.length;
        return {
          ...phrase,
          score: here * (phrase.terms.length > 1 ? 2 : 1) * Math.log(1 + here / expected),
          sentences: phrase.sentences.filter(i => i >= from && i < to),
        };
      })
      .filter(p => p.sentences.length > 0 && !usedPhrases.has(p.terms.join(' ')))
      .sort((a, b) => b.score - a.score);
    const here = distinct(local, K.phr, new Set());
    for (const p of here) usedPhrases.add(p.terms.join(' '));
    const lead = n === 0 ? 'First' : n === starts.length - 1 ? 'Finally' : n === 1 ? 'Then' : 'After that';
    const parts: string[] = [];
    const cites: string[] = cite(here, from, to);
    if (here.length > 0) parts.push(`${lead}, the group discussed ${listed(here.map(p => p.text))}.`);
    for (const phrase of here) for (const term of phrase.terms) covered.add(term);
    let words = parts.join(' ').split(/\s+/).length;
    const pool = statements.filter(s => s.index >= from && s.index < to);
    for (let k = 0; k < K.perTopic; k++) {
      let best: Statement | undefined;
      let most = 0;
      for (const s of pool) {
        if (words + s.words > share + 4) continue;
        let gain = 0;
        for (const t of s.terms) gain += weight(t) * (covered.has(t) ? 0.5 : 1);
        gain /= s.words ** K.lenPow;
        if (gain > most) [best, most] = [s, gain];
      }
      if (!best) break;
      pool.splice(pool.indexOf(best), 1);
      for (const t of best.terms) covered.add(t);
      parts.push(`${best.sentence.by.replace(/ *\(.*/, '')} ${best.report.verb} ${best.report.statement}.`);
      cites.push(...best.sentence.cites);
      words += best.words;
    }
    if (parts.length > 0) add(parts.join(' '), cites);
  });
  return claims;
}

/** The best that do not repeat each other's words. */
function distinct(list: readonly Phrase[], count: number, taken: Set<string>): Phrase[] {
  const chosen: Phrase[] = [];
  for (const phrase of list) {
    if (chosen.length === count) break;
    if (phrase.terms.some(term => taken.has(term))) continue;
    chosen.push(phrase);
    for (const term of phrase.terms) taken.add(term);
  }
  return chosen;
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
