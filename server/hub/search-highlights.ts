// Shows where a message holds what was searched for: pieces of its text around the hits. Pure.
import type { Highlight } from '#shared/protocol/models.ts';
import type { Read } from './search-match.ts';

/** So long a text is shown whole; else pieces of about so many characters. */
const WHOLE = 240;
const PIECE = 160;
const MOST = 3;
const CUT = '…';

export function highlights(text: string, { hits }: Pick<Read, 'hits'>): Highlight[] {
  const ranges = merged(hits.map(({ start, end }): [number, number] => [start, end]));
  if (text.length <= WHOLE) return [{ text, ranges }];
  if (ranges.length === 0) return [piece(text, 0, ends(text, PIECE), [])];
  const groups: [number, number][][] = [];
  for (const range of ranges) {
    const group = groups.at(-1);
    if (group && range[1] - (group[0]?.[0] ?? 0) <= PIECE) group.push(range);
    else groups.push([range]);
  }
  // The fullest ones, in the order of the text.
  const best = groups
    .map((group, place) => ({ group, place }))
    .sort((a, b) => b.group.length - a.group.length || a.place - b.place)
    .slice(0, MOST)
    .sort((a, b) => a.place - b.place);
  const shown: { from: number; to: number; group: [number, number][] }[] = [];
  for (const { group } of best) {
    const [first, last] = [group[0]?.[0] ?? 0, group.at(-1)?.[1] ?? 0];
    const margin = Math.max(0, (PIECE - (last - first)) / 2);
    const from = begins(text, first - margin);
    const to = Math.max(last, ends(text, last + margin));
    const before = shown.at(-1);
    // Pieces that touch are one.
    if (before && from <= before.to) Object.assign(before, { to, group: [...before.group, ...group] });
    else shown.push({ from, to, group });
  }
  return shown.map(({ from, to, group }) => piece(text, from, to, group));
}

function piece(text: string, from: number, to: number, ranges: readonly [number, number][]): Highlight {
  const before = from > 0 ? CUT : '';
  const shift = before.length - from;
  return {
    text: `${before}${text.slice(from, to)}${to < text.length ? CUT : ''}`,
    ranges: ranges.map(([start, end]): [number, number] => [start + shift, end + shift]),
  };
}

/** In order, those that touch or overlap as one. */
function merged(ranges: [number, number][]): [number, number][] {
  const out: [number, number][] = [];
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}

const REACH = 20;

/** The beginning of a word near here. */
function begins(text: string, near: number): number {
  const at = Math.max(0, Math.round(near));
  if (at === 0) return 0;
  const space = text.slice(at, at + REACH).search(/\s/);
  return whole(text, space < 0 ? at : at + space + 1);
}

/** The end of one. */
function ends(text: string, near: number): number {
  const at = Math.min(text.length, Math.round(near));
  if (at === text.length) return at;
  const space = text.slice(at - REACH, at).lastIndexOf(' ');
  return whole(text, space < 0 ? at : at - REACH + space);
}

/** Not within a pair of surrogates. */
const whole = (text: string, at: number): number => (/[\udc00-\udfff]/.test(text[at] ?? '') ? at + 1 : at);
