// Ranks messages that an index found. What is asked in a sentence is looked for where people spoke of it: each message counts with what was
// said around it. Pure.
//
// Measured on meetings with marked evidence (scripts/eval/evidence.ts); the numbers below are round ones on a plateau, not tuned to files.
import type { Candidate } from './ports-search.ts';
import type { Matcher, Read } from './search-match.ts';

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

export interface Ranked {
  readonly candidate: Candidate;
  readonly read: Read;
  readonly score: number;
}

/** BM25: how soon a word that repeats stops counting, and how much long messages pay. */
const K1 = 1.2;
const B = 0.4;
/** Frequent words count even less than their share says. */
const RARITY = 1.5;
/** Entries over which what was said fades to a third; a pause of so many minutes counts as one entry more. */
const FADES = 20;
const PAUSE = 10;
/** For a question: a message's own words beside those around it, and how soon the latter stop counting. */
const OWN = 0.4;
const K_AROUND = 6;
/** Two words that stand together in the question and in the text. */
const PAIR = 1;
/** How much the share of the question's words around a message counts. */
const COVER = 0.6;
/** Said by somebody whom the question names. */
const NAMED = 1;
/** A word that is in somebody's name rather tells who than what. */
const AS_NAME = 0.2;
/** A stretch of talk in which a word is counted once, in entries. */
const STRETCH = 10;
/** A message around a hit says something of itself only from so many words on. */
const TELLING = 4;
const DAY = 86_400_000;
/** What is searched for by words is more often of late. */
const RECENT = 0.5;
const RECENT_DAYS = 14;

/** Best first, then newest; without words to look for, newest first. What holds nothing of what was searched for is left out, but for what stands beside the answers to a question. */
export function rank(asked: Asked, candidates: readonly Candidate[]): Ranked[] {
  const read = candidates.map(({ text }) => asked.matcher.read(text));
  const unworded = asked.matcher.terms.length === 0;
  const sheet = tally(asked, candidates, read);
  const scores = asked.question ? inTalk(asked, candidates, read, sheet) : alone(asked, candidates, sheet);
  return candidates
    .map((candidate, i) => ({ candidate, read: read[i] as Read, score: scores[i] as number }))
    .filter(
      ({ score, read: { hits, words } }) =>
        score > 0 && (unworded || hits.length > 0 || words.length >= TELLING),
    )
    .sort((a, b) => b.score - a.score || newest(a.candidate, b.candidate));
}

const newest = (a: Candidate, b: Candidate) =>
  a.at < b.at ? 1 : a.at > b.at ? -1 : a.room < b.room ? -1 : a.room > b.room ? 1 : b.seq - a.seq;

interface Sheet {
  /** Of each term, then of each pair: what it is worth, and how much of it each candidate has. */
  readonly weights: readonly number[];
  readonly has: readonly Float64Array[];
  readonly pairsFrom: number;
}

function tally(
  { matcher, said, entries, question }: Asked,
  candidates: readonly Candidate[],
  read: readonly Read[],
): Sheet {
  const { terms } = matcher;
  const pairs = neighbours(
    terms.map(({ words }) => words[0] as string),
    said,
  );
  const has = [...terms, ...pairs].map(() => new Float64Array(candidates.length));
  const stretches = terms.map(() => new Set<string>());
  const average = read.reduce((sum, { words }) => sum + words.length, 0) / Math.max(1, read.length);

  read.forEach(({ words, hits }, i) => {
    const { room, seq } = candidates[i] as Candidate;
    const counts = new Map<number, number>();
    for (const { term, weight } of hits) counts.set(term, (counts.get(term) ?? 0) + weight);
    for (const [term, count] of counts) {
      (has[term] as Float64Array)[i] =
        (count * (K1 + 1)) / (count + K1 * (1 - B + (B * words.length) / average));
      stretches[term]?.add(`${room} ${Math.floor(seq / STRETCH)}`);
    }
    pairs.forEach(([a, b], n) => {
      const together = hits.some(
        one => one.term === a && hits.some(two => two.term === b && isNext(one.at, two.at)),
      );
      if (together) (has[terms.length + n] as Float64Array)[i] = 1;
    });
  });

  const all = Math.max(entries / STRETCH, new Set(stretches.flatMap(set => [...set])).size);
  const names = new Set(candidates.flatMap(({ name }) => nameWords(name)));
  const rarity = stretches.map(({ size }, t) => {
    const isName = question && names.has(terms[t]?.words[0] as string);
    return (isName ? AS_NAME : 1) * Math.log(1 + (all - size + 0.5) / (size + 0.5)) ** RARITY;
  });
  const worth = pairs.map(([a, b]) => (PAIR * ((rarity[a] as number) + (rarity[b] as number))) / 2);
  return { weights: [...rarity, ...worth], has, pairsFrom: terms.length };
}

const isNext = (one: number, two: number) => two > one && two - one <= 2;

/** Terms that follow each other in what was typed, with words that are no terms between them or not. */
function neighbours(terms: readonly string[], said: readonly string[]): [number, number][] {
  const order = said.map(word => terms.indexOf(word)).filter(term => term >= 0);
  return order
    .slice(1)
    .flatMap((term, i): [number, number][] => (order[i] === term ? [] : [[order[i] as number, term]]));
}

function alone({ now }: Asked, candidates: readonly Candidate[], { weights, has }: Sheet): number[] {
  return candidates.map(({ at }, i) => {
    const fits =
      weights.length === 0 ? 1 : weights.reduce((sum, weight, t) => sum + weight * (has[t]?.[i] ?? 0), 0);
    const days = Math.max(0, now - Date.parse(at)) / DAY;
    return fits * (1 + RECENT * Math.exp(-days / RECENT_DAYS));
  });
}

function inTalk(
  { said }: Asked,
  candidates: readonly Candidate[],
  read: readonly Read[],
  sheet: Sheet,
): number[] {
  const { weights, has, pairsFrom } = sheet;
  const scores = new Float64Array(candidates.length);
  const covered = new Float64Array(candidates.length);
  const runs = byRoom(candidates);
  weights.forEach((weight, t) => {
    const own = has[t] as Float64Array;
    for (const run of runs) {
      const { sum, peak } = around(run, own, candidates);
      run.forEach((i, at) => {
        const near = sum[at] as number;
        scores[i]! += weight * (OWN * (own[i] as number) + (near * (K_AROUND + 1)) / (near + K_AROUND));
        if (t < pairsFrom) covered[i]! += weight * Math.min(1, peak[at] as number);
      });
    }
  });
  const whole = weights.slice(0, pairsFrom).reduce((sum, weight) => sum + weight, 0);
  const names = namesIn(candidates, said);
  return candidates.map(({ name }, i) => {
    const cover = 1 - COVER + COVER * Math.sqrt((covered[i] as number) / (whole || 1));
    const { length } = (read[i] as Read).words;
    return (scores[i] as number) * cover * (length / (length + 1)) * (1 + NAMED * (names.get(name) ?? 0));
  });
}

/** Places in the list, room by room, in the order of the log. */
function byRoom(candidates: readonly Candidate[]): number[][] {
  const rooms = new Map<string, number[]>();
  candidates.forEach(({ room }, i) => {
    const run = rooms.get(room);
    if (run) run.push(i);
    else rooms.set(room, [i]);
  });
  return [...rooms.values()].map(run =>
    run.sort((a, b) => (candidates[a] as Candidate).seq - (candidates[b] as Candidate).seq),
  );
}

/** What is there and around, fading with the distance: all of it together, and the nearest alone. */
function around(run: readonly number[], own: Float64Array, candidates: readonly Candidate[]) {
  const sum = new Float64Array(run.length);
  const peak = new Float64Array(run.length);
  const fade = run.map((i, at) => {
    const [here, before] = [candidates[i], candidates[run[at - 1] ?? -1]] as [
      Candidate,
      Candidate | undefined,
    ];
    if (!before) return 0;
    const minutes = Math.abs(Date.parse(here.at) - Date.parse(before.at)) / 60_000;
    return Math.exp(-(here.seq - before.seq + minutes / PAUSE) / FADES);
  });
  let [total, nearest] = [0, 0];
  for (let at = 0; at < run.length; at++) {
    const value = own[run[at] as number] as number;
    total = total * (fade[at] as number) + value;
    nearest = Math.max(nearest * (fade[at] as number), Math.min(1, value));
    sum[at] = total;
    peak[at] = nearest;
  }
  total = nearest = 0;
  for (let at = run.length - 1; at >= 0; at--) {
    const value = own[run[at] as number] as number;
    const past = at + 1 < run.length ? (fade[at + 1] as number) : 0;
    total *= past;
    nearest *= past;
    sum[at]! += total;
    peak[at] = Math.max(peak[at] as number, nearest);
    total += value;
    nearest = Math.max(nearest, Math.min(1, value));
  }
  return { sum, peak };
}

/** Of each author's name, how much of what was typed as a name it holds. */
function namesIn(candidates: readonly Candidate[], said: readonly string[]): Map<string, number> {
  const typed = new Set(said);
  const parts = new Map<string, string[]>();
  for (const { name } of candidates)
    if (!parts.has(name))
      parts.set(
        name,
        nameWords(name).filter(word => typed.has(word)),
      );
  const meant = new Set([...parts.values()].flat()).size;
  return new Map([...parts].map(([name, words]) => [name, meant ? words.length / meant : 0]));
}

const nameWords = (name: string) =>
  name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
