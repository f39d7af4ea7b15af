// Full text queries on one field: words, words nearly right, phrases, and beginnings of words.
import { badRequest } from './answers.ts';
import type { IndexStore } from './index-store.ts';
import type { Postings } from './postings.ts';
import type { Scores } from './query.ts';

export interface MatchOptions {
  readonly query: string;
  readonly operator?: 'and' | 'or';
  /** AUTO: none up to two letters, one up to five, then two. */
  readonly fuzziness?: 'AUTO' | number;
  /** Letters at the beginning that must be right. */
  readonly prefix_length?: number;
  /** Terms that a word nearly right may stand for. */
  readonly max_expansions?: number;
  readonly boost?: number;
  readonly minimum_should_match?: string | number;
}

const KNOWN = [
  'query',
  'operator',
  'fuzziness',
  'prefix_length',
  'max_expansions',
  'fuzzy_transpositions',
  'boost',
];
const NOTHING: Scores = new Map();

interface Field {
  readonly terms: ReturnType<NonNullable<ReturnType<IndexStore['mapping']['texts']['get']>>['analyzeQuery']>;
  readonly postings: Postings;
}

function open(store: IndexStore, path: string, text: string): Field | undefined {
  const field = store.mapping.texts.get(path);
  const postings = store.postings(path);
  return field && postings && { terms: field.analyzeQuery(text), postings };
}

function scoresOf(postings: Postings, term: string): Scores {
  const places = postings.places(term);
  if (!places) return NOTHING;
  return new Map(Array.from(places, ([id, at]) => [id, postings.score(id, at.length, places.size)]));
}

export function matchField(store: IndexStore, path: string, options: MatchOptions): Scores {
  const unknown = Object.keys(options).find(name => !KNOWN.includes(name));
  if (unknown) throw badRequest('parsing_exception', `[match] query does not support [${unknown}]`);
  const field = open(store, path, String(options.query));
  if (!field || field.terms.length === 0) return NOTHING;
  const { postings } = field;
  const { operator = 'or', boost = 1 } = options;
  const each = [...new Set(field.terms.map(({ term }) => term))].map(term => {
    const variants = options.fuzziness === undefined ? [term] : near(postings, term, options);
    return most(variants.map(variant => scoresOf(postings, variant)));
  });
  const found = new Map<string, number>();
  for (const scores of each)
    for (const [id, score] of scores) found.set(id, (found.get(id) ?? 0) + score * boost);
  if (operator === 'and')
    for (const id of found.keys()) if (!each.every(scores => scores.has(id))) found.delete(id);
  return found;
}

const most = (all: readonly Scores[]): Scores => {
  const [first] = all;
  if (all.length === 1 && first) return first;
  const found = new Map<string, number>();
  for (const scores of all)
    for (const [id, score] of scores) found.set(id, Math.max(found.get(id) ?? 0, score));
  return found;
};

function near(postings: Postings, term: string, options: MatchOptions): string[] {
  const { fuzziness, prefix_length = 0, max_expansions = 50 } = options;
  const { length } = [...term];
  const most = fuzziness === 'AUTO' ? (length < 3 ? 0 : length < 6 ? 1 : 2) : Number(fuzziness);
  if (most === 0) return [term];
  const found: string[] = [];
  for (const one of postings.terms([...term].slice(0, prefix_length).join(''))) {
    if (Math.abs(one.length - term.length) <= most && distance(one, term, most) <= most) found.push(one);
  }
  return found.sort((a, b) => distance(a, term, most) - distance(b, term, most)).slice(0, max_expansions);
}

/** Letters to put in, take out, replace or swap with their neighbour; more than `most` is not counted out. */
function distance(from: string, to: string, most: number): number {
  const [a, b] = [[...from], [...to]];
  let two: number[] = [];
  let one = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const at = (values: number[], n: number) => values[n] ?? Number.POSITIVE_INFINITY;
      let least = Math.min(at(one, j) + 1, at(row, j - 1) + 1, at(one, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(two, j - 2) + 1);
      row.push(least);
    }
    if (Math.min(...row) > most) return most + 1;
    two = one;
    one = row;
  }
  return one[b.length] ?? most + 1;
}

export function matchPhrase(store: IndexStore, path: string, phrase: string): Scores {
  const field = open(store, path, phrase);
  const [first] = field?.terms ?? [];
  if (!field || !first) return NOTHING;
  const { terms, postings } = field;
  const places = terms.map(({ term }) => postings.places(term));
  const found = new Map<string, number>();
  for (const [id, starts] of places[0] ?? []) {
    const count = starts.filter(start =>
      terms.every(({ position }, n) => places[n]?.get(id)?.includes(start + position - first.position)),
    ).length;
    if (count > 0) found.set(id, count);
  }
  for (const [id, count] of found) found.set(id, terms.length * postings.score(id, count, found.size));
  return found;
}

export function matchPrefix(store: IndexStore, path: string, prefix: string): Scores {
  const found = new Map<string, number>();
  const postings = store.postings(path);
  for (const term of postings?.terms(prefix) ?? [])
    for (const id of postings?.places(term)?.keys() ?? []) found.set(id, 1);
  return found;
}
