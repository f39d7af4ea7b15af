// What a summary must be better than: the beginning, the longest turns, and plain TextRank over whole turns.
import { eng } from 'stopword';
import { tokens } from './rouge.ts';

export const COMMON: ReadonlySet<string> = new Set([
  ...eng,
  ..."okay oh um uh yeah yes right so just know mean think something things very no don't it's that's i'm we're".split(
    ' ',
  ),
]);
const length = (text: string) => text.split(/\s+/).length;

/** @param turns what was said, in order @param words the budget */
export type Baseline = (turns: readonly string[], words: number) => string;

export const lead: Baseline = (turns, words) => cap(turns, words);

export const longest: Baseline = (turns, words) =>
  cap(
    turns.toSorted((a, b) => b.length - a.length),
    words,
  );

export const textRank: Baseline = (turns, words) => {
  const near = similarities(turns);
  const rank = walk(near);
  const order = [...turns.keys()].filter(i => length(turns[i]!) >= 6).sort((a, b) => rank[b]! - rank[a]!);
  const chosen: number[] = [];
  let used = 0;
  for (const i of order) {
    if (used > words * 0.9) break;
    if (used + length(turns[i]!) > words || chosen.some(j => (near[i]!.get(j) ?? 0) > 0.5)) continue;
    chosen.push(i);
    used += length(turns[i]!);
  }
  return chosen
    .sort((a, b) => a - b)
    .map(i => turns[i])
    .join(' ');
};

/** Whole turns until the budget is used; a first one that is longer is cut. */
function cap(turns: readonly string[], words: number): string {
  const chosen: string[] = [];
  let used = 0;
  for (const turn of turns) {
    used += length(turn);
    if (used > words)
      return chosen.length > 0 ? chosen.join(' ') : turn.split(/\s+/).slice(0, words).join(' ');
    chosen.push(turn);
  }
  return chosen.join(' ');
}

/** The cosine of each turn with each other that has a word in common with it. */
function similarities(turns: readonly string[]): Map<number, number>[] {
  const counts = turns.map(turn => {
    const bag = new Map<string, number>();
    for (const word of tokens(turn))
      if (word.length > 2 && !COMMON.has(word)) bag.set(word, (bag.get(word) ?? 0) + 1);
    return bag;
  });
  const having = new Map<string, [turn: number, count: number][]>();
  counts.forEach((bag, turn) => {
    for (const [word, count] of bag) {
      const list = having.get(word);
      if (list) list.push([turn, count]);
      else having.set(word, [[turn, count]]);
    }
  });
  const rarity = (word: string) => Math.log(1 + turns.length / (having.get(word)?.length ?? 1));
  const norm = counts.map(bag => Math.hypot(...[...bag].map(([word, count]) => count * rarity(word))) || 1);
  return counts.map((bag, i) => {
    const near = new Map<number, number>();
    for (const [word, count] of bag) {
      for (const [j, other] of having.get(word)!) {
        if (j !== i)
          near.set(j, (near.get(j) ?? 0) + (count * other * rarity(word) ** 2) / (norm[i]! * norm[j]!));
      }
    }
    return near;
  });
}

function walk(near: readonly Map<number, number>[]): number[] {
  const degree = near.map(others => [...others.values()].reduce((sum, value) => sum + value, 0) || 1);
  let rank = near.map(() => 1 / near.length);
  for (let round = 0; round < 30; round++) {
    const next = near.map(() => 0.15 / near.length);
    near.forEach((others, i) => {
      for (const [j, value] of others) next[j]! += (0.85 * rank[i]! * value) / degree[i]!;
    });
    rank = next;
  }
  return rank;
}
