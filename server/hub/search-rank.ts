// Ranks messages that an index found. What is asked in a sentence is looked for where people spoke of it (search-talk.ts). Pure.
//
// Measured on meetings with marked evidence (scripts/eval/evidence.ts); the numbers here and there are round ones on a plateau, not tuned to files.
import type { Candidate } from './ports-search.ts';
import type { Matcher, Read } from './search-match.ts';
import { isReporting } from './search-stop-words.ts';
import { inTalk, nameWords } from './search-talk.ts';

export interface Asked {
  readonly matcher: Matcher;
  readonly question: boolean;
  /** All words that were typed, folded. */
  readonly said: readonly string[];
  /** Log entries in the rooms that were searched. */
  readonly entries: number;
  /** Milliseconds. */
  readonly now: number;
}

/** A candidate, and where its text holds what was searched for. */
export interface Reading {
  readonly candidate: Candidate;
  readonly read: Read;
}

export interface Ranked extends Reading {
  readonly score: number;
}

/** Of each term, then of each pair: what it is worth, and how much of it each candidate has. */
export interface Sheet {
  readonly weights: readonly number[];
  readonly has: readonly Float64Array[];
  readonly pairsFrom: number;
  /** Words of a candidate, on average. */
  readonly length: number;
}

/** BM25: how soon a word that repeats stops counting, and how much long messages pay. */
const K1 = 1.2;
const B = 0.75;
/** Frequent words count even less than their share says. */
const RARITY = 1.25;
/** Two words that stand together in the question and in the text. */
const PAIR = 0.5;
/** A word that is in somebody's name rather tells who than what, and one like "suggest" how it was said. */
const AS_NAME = 0.2;
const REPORTING = 0.2;
/** A stretch of talk in which a word is counted once, in entries. */
const STRETCH = 10;
/** A message around a hit says something of itself only from so many words on. */
const TELLING = 4;
const DAY = 86_400_000;
/** What is searched for by words is more often of late. */
const RECENT = 0.5;
const RECENT_DAYS = 14;

/** Best first, then newest; without words to look for, newest first. What holds nothing of what was searched for is left out, but for what stands beside the answers to a question. */
export function rank(asked: Asked, readings: readonly Reading[]): Ranked[] {
  const unworded = asked.matcher.terms.length === 0;
  const sheet = tally(asked, readings);
  const scores = asked.question ? inTalk(asked.said, readings, sheet) : alone(asked.now, readings, sheet);
  const ranked: Ranked[] = [];
  readings.forEach((reading, i) => {
    const { read } = reading;
    const score = scores[i] as number;
    if (score > 0 && (unworded || read.hits.length > 0 || read.words.length >= TELLING))
      ranked.push({ ...reading, score });
  });
  return ranked.sort((a, b) => b.score - a.score || newest(a.candidate, b.candidate));
}

const newest = (a: Candidate, b: Candidate) =>
  b.at - a.at || (a.room < b.room ? -1 : a.room > b.room ? 1 : b.seq - a.seq);

function tally({ matcher, said, entries, question }: Asked, readings: readonly Reading[]): Sheet {
  const { terms } = matcher;
  const pairs = neighbours(
    terms.map(({ words }) => words[0] as string),
    said,
  );
  const has = [...terms, ...pairs].map(() => new Float64Array(readings.length));
  const length =
    readings.reduce((sum, { read }) => sum + read.words.length, 0) / Math.max(1, readings.length);
  const stretches = createStretches(terms.length);
  readings.forEach(({ candidate, read: { words, hits } }, i) => {
    for (const { term, weight } of hits) (has[term] as Float64Array)[i]! += weight;
    const slow = K1 * (1 - B + (B * words.length) / length);
    for (let term = 0; term < terms.length; term++) {
      const count = (has[term] as Float64Array)[i] as number;
      if (count === 0) continue;
      (has[term] as Float64Array)[i] = (count * (K1 + 1)) / (count + slow);
      stretches.add(term, candidate);
    }
    if (hits.length < 2) return;
    pairs.forEach(([a, b], n) => {
      const together = hits.some(
        one => one.term === a && hits.some(two => two.term === b && isNext(one.at, two.at)),
      );
      if (together) (has[terms.length + n] as Float64Array)[i] = 1;
    });
  });

  const all = Math.max(entries / STRETCH, stretches.all());
  const authors = new Set(question ? readings.map(({ candidate }) => candidate.name) : []);
  const names = new Set([...authors].flatMap(nameWords));
  const rarity = terms.map(({ words: [word = ''] }, term) => {
    const about = names.has(word) ? AS_NAME : question && isReporting(word) ? REPORTING : 1;
    const having = stretches.of(term);
    return about * Math.log(1 + (all - having + 0.5) / (having + 0.5)) ** RARITY;
  });
  const worth = pairs.map(([a, b]) => (PAIR * ((rarity[a] as number) + (rarity[b] as number))) / 2);
  return { weights: [...rarity, ...worth], has, pairsFrom: terms.length, length };
}

const isNext = (one: number, two: number) => two > one && two - one <= 2;

/** In how many stretches of talk each term is. */
function createStretches(terms: number) {
  const rooms = new Map<string, number>();
  const sets = Array.from({ length: terms }, () => new Set<number>());
  return {
    add(term: number, { room, seq }: Candidate) {
      const place = rooms.get(room) ?? rooms.size;
      rooms.set(room, place);
      // Rooms are few and logs are long: both fit into one exact number.
      sets[term]?.add(place * 2 ** 40 + Math.floor(seq / STRETCH));
    },
    of: (term: number) => sets[term]?.size ?? 0,
    all: () => new Set(sets.flatMap(set => [...set])).size,
  };
}

/** Terms that follow each other in what was typed, with words that are no terms between them or not. */
function neighbours(terms: readonly string[], said: readonly string[]): [number, number][] {
  const order = said.map(word => terms.indexOf(word)).filter(term => term >= 0);
  return order
    .slice(1)
    .flatMap((term, i): [number, number][] => (order[i] === term ? [] : [[order[i] as number, term]]));
}

function alone(now: number, readings: readonly Reading[], { weights, has }: Sheet): number[] {
  return readings.map(({ candidate: { at } }, i) => {
    const fits =
      weights.length === 0 ? 1 : weights.reduce((sum, weight, t) => sum + weight * (has[t]?.[i] ?? 0), 0);
    const days = Math.max(0, now - at) / DAY;
    return fits * (1 + RECENT * Math.exp(-days / RECENT_DAYS));
  });
}
