// A list of items within a number of words: the best that fit, in the order in which they were said, none of them twice.
import type { Claim } from '../../hub/ports-ai.ts';
import { words as split } from './words.ts';

export interface Item {
  /** Where in the conversation. */
  readonly index: number;
  readonly text: string;
  readonly cites: readonly string[];
  readonly score: number;
}

/** Items that share so much of their words are one. */
const SAME = 0.7;

export function within(items: readonly Item[], words: number): Claim[] {
  const chosen: { item: Item; bag: Set<string> }[] = [];
  let used = 0;
  for (const item of items.toSorted((a, b) => b.score - a.score || a.index - b.index)) {
    const length = item.text.split(/\s+/).length;
    if (used + length > words && chosen.length > 0) continue;
    const bag = new Set(split(item.text));
    if (chosen.some(other => overlap(other.bag, bag) > SAME)) continue;
    chosen.push({ item, bag });
    used += length;
    if (used >= words) break;
  }
  return chosen
    .map(({ item }) => item)
    .sort((a, b) => a.index - b.index)
    .map(({ text, cites }) => ({ text, cites: [...new Set(cites)] }));
}

export function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const word of a) if (b.has(word)) common++;
  return common / (Math.min(a.size, b.size) || 1);
}

/** What was said, ready for something after it: without its full stop. */
export const open = (text: string): string => text.replace(/[\s?!.…,;:。！？、，]+$/u, '');

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "Ann, Bob and Cara"; of many, the first three and how many more. */
export function names(list: readonly string[]): string {
  const shown = list.length > 4 ? [...list.slice(0, 3), `${list.length - 3} others`] : list;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
