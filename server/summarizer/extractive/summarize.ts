// A request in, claims out: pure, and the same for the same request.
import type { Claim, SummaryRequest } from '../../hub/ports-ai.ts';
import { brief } from './brief.ts';
import { centrality } from './centrality.ts';
import { sentences } from './sentences.ts';
import { createVocabulary } from './words.ts';

export function summarize(request: SummaryRequest): Claim[] {
  const all = sentences(request.lines);
  const vocabulary = createVocabulary(all.map(({ text }) => text));
  if (vocabulary.language === 'eng' && request.style === 'brief') return brief(request, all, vocabulary);
  const terms = all.map(({ text }) => vocabulary.terms(text));
  const rank = centrality(terms);
  const order = all.map((_, index) => index).sort((a, b) => rank[b]! - rank[a]! || a - b);
  const chosen: number[] = [];
  let words = 0;
  for (const index of order) {
    const length = all[index]!.text.split(/\s+/).length + 1;
    if (words + length > request.words || length < 5) continue;
    chosen.push(index);
    words += length;
  }
  return chosen
    .sort((a, b) => a - b)
    .map(index => ({ text: `${all[index]!.by}: ${all[index]!.text}`, cites: all[index]!.cites }));
}
