// The plainest summary, for any language and any size: what was said that matters most, in the words it was said in.
import type { Claim } from '../../hub/ports-ai.ts';
import { centrality } from './centrality.ts';
import { overlap } from './items.ts';
import type { Talk } from './talk.ts';
import { words as split } from './words.ts';

/** Much said in other words already is worth less: by so much of what is in common. */
const REPETITION = 0.7;
/** Of more sentences than this, "Good." and "Never mind." are none. */
const FEW = 4;
/** Candidates looked at in the second, slower step. */
const CANDIDATES = 400;

/** @param relevance how near a sentence is to what was asked, 0 to 1; missing: nothing was asked */
export function highlights(talk: Talk, relevance?: (index: number) => number): Claim[] {
  const { all, texts, terms, request } = talk;
  const rank = centrality(terms);
  let most = 0;
  for (const value of rank) most = Math.max(most, value);
  const score = (index: number) => {
    const central = most > 0 ? rank[index]! / most : 0;
    const length = split(texts[index]!).length;
    const fit = length < 3 ? 0.3 : length < 6 ? 0.7 : 1;
    return fit * (relevance ? relevance(index) * (1 + 0.3 * central) : central + 0.3 * talk.salience(index));
  };
  const pool = all
    .map((_, index) => ({ index, score: score(index), bag: new Set(terms[index]) }))
    .filter(({ index, score }) => texts[index] !== '' && (relevance === undefined || score > 0))
    .filter(({ index }, _, list) => list.length < FEW || size(texts[index]!) >= 3)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, CANDIDATES);
  const chosen: typeof pool = [];
  let used = 0;
  while (pool.length > 0 && used < request.words) {
    let best = -1;
    let value = -1;
    for (const [at, candidate] of pool.entries()) {
      const same = chosen.reduce((top, other) => Math.max(top, overlap(other.bag, candidate.bag)), 0);
      const worth = candidate.score * (1 - REPETITION * same);
      if (worth > value) [best, value] = [at, worth];
    }
    const [next] = pool.splice(best, 1);
    const length = size(texts[next!.index]!) + 1;
    const twin = chosen.some(({ index }) => texts[index] === texts[next!.index]);
    if (twin || (used + length > request.words && chosen.length > 0)) continue;
    chosen.push(next!);
    used += length;
  }
  return chosen
    .sort((a, b) => a.index - b.index)
    .map(({ index }) => ({ text: attributed(all[index]!.by, texts[index]!), cites: all[index]!.cites }));
}

/** A claim of another summary names its speaker already. */
const attributed = (by: string, text: string) => (text.startsWith(by) ? text : `${by}: ${text}`);

/** Words of a text; languages without spaces count too. */
const size = (text: string) => Math.max(text.split(/\s+/).length, split(text).length);
