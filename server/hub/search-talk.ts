// What a message counts for as an answer: its own words, those said around it, and who said it. Talk fades with the words that were said since,
// and reaches further ahead than back: people name a thing, and then speak of it. Pure.
import type { Reading, Sheet } from './search-rank.ts';

/** Over how many entries what was said before a message, and what was said after it, fades to a third. */
const BEFORE = 50;
const AFTER = 20;
/** So many words count as an entry more, and a pause of so many minutes. */
const SPEECH = 40;
const PAUSE = 10;
/** A message's own words beside those around it, and how soon the latter stop counting. */
const OWN = 0.4;
const K_AROUND = 6;
/** How much the share of the question's words around a message counts. */
const COVER = 0.6;
/** Said by somebody whom the question names. */
const NAMED = 1;
/** How much of its score a message has from its neighbours, and over how many entries these fade: an answer takes several turns. */
const SHARED = 0.5;
const NEIGHBOURS = 3;
const REACH = 3;

/** Of each, how well it answers. */
export function inTalk(said: readonly string[], readings: readonly Reading[], sheet: Sheet): Float64Array {
  const { weights, has, pairsFrom } = sheet;
  const scores = new Float64Array(readings.length);
  const covered = new Float64Array(readings.length);
  const runs = byRoom(readings).map(run => ({ run, ...fading(run, readings, sheet.length) }));
  weights.forEach((weight, t) => {
    const own = has[t] as Float64Array;
    for (const { run, before, after } of runs) {
      const { sum, peak } = around(run, own, before, after);
      run.forEach((i, at) => {
        const near = sum[at] as number;
        scores[i]! += weight * (OWN * (own[i] as number) + (near * (K_AROUND + 1)) / (near + K_AROUND));
        if (t < pairsFrom) covered[i]! += weight * (peak[at] as number);
      });
    }
  });
  const whole = weights.slice(0, pairsFrom).reduce((sum, weight) => sum + weight, 0) || 1;
  const names = namesIn(readings, said);
  readings.forEach(({ candidate: { name }, read: { words } }, i) => {
    const cover = 1 - COVER + COVER * Math.sqrt((covered[i] as number) / whole);
    scores[i]! *= cover * (words.length / (words.length + 1)) * (1 + NAMED * (names.get(name) ?? 0));
  });
  for (const { run } of runs) share(run, readings, scores);
  return scores;
}

/** Places in the list, room by room, in the order of the log. */
function byRoom(readings: readonly Reading[]): number[][] {
  const rooms = new Map<string, number[]>();
  readings.forEach(({ candidate: { room } }, i) => {
    const run = rooms.get(room);
    if (run) run.push(i);
    else rooms.set(room, [i]);
  });
  return [...rooms.values()].map(run => run.sort((a, b) => seqOf(readings, a) - seqOf(readings, b)));
}

const seqOf = (readings: readonly Reading[], i: number | undefined): number =>
  readings[i as number]?.candidate.seq as number;

/** How much of what was there a place later is left of what stands at each place, from the one before it on, and the other way. */
function fading(run: readonly number[], readings: readonly Reading[], length: number) {
  const [before, after] = [new Float64Array(run.length), new Float64Array(run.length)];
  for (let at = 1; at < run.length; at++) {
    const [one, two] = [readings[run[at - 1] as number], readings[run[at] as number]] as [Reading, Reading];
    const entries = two.candidate.seq - one.candidate.seq;
    // What was said by those in between is not known: about as much as by others.
    const words = (one.read.words.length + two.read.words.length) / 2 + (entries - 1) * length;
    const minutes = Math.abs(two.candidate.at - one.candidate.at) / 60_000;
    const way = entries + words / SPEECH + minutes / PAUSE;
    before[at] = Math.exp(-way / BEFORE);
    after[at] = Math.exp(-way / AFTER);
  }
  return { before, after };
}

/** What is there and around, fading with the distance: all of it together, and the nearest alone. */
function around(run: readonly number[], own: Float64Array, before: Float64Array, after: Float64Array) {
  const sum = new Float64Array(run.length);
  const peak = new Float64Array(run.length);
  let [total, nearest] = [0, 0];
  for (let at = 0; at < run.length; at++) {
    const value = own[run[at] as number] as number;
    total = total * (before[at] as number) + value;
    nearest = Math.max(nearest * (before[at] as number), Math.min(1, value));
    sum[at] = total;
    peak[at] = nearest;
  }
  total = nearest = 0;
  for (let at = run.length - 1; at >= 0; at--) {
    const value = own[run[at] as number] as number;
    const left = after[at + 1] ?? 0;
    total *= left;
    nearest *= left;
    sum[at]! += total;
    peak[at] = Math.max(peak[at] as number, nearest);
    total += value;
    nearest = Math.max(nearest, Math.min(1, value));
  }
  return { sum, peak };
}

/** Neighbours of an answer belong to it. */
function share(run: readonly number[], readings: readonly Reading[], scores: Float64Array): void {
  const alone = run.map(i => scores[i] as number);
  run.forEach((i, at) => {
    let [sum, weights] = [0, 0];
    for (let near = at - REACH; near <= at + REACH; near++) {
      const score = alone[near];
      if (score === undefined) continue;
      const weight = Math.exp(-Math.abs(seqOf(readings, run[near]) - seqOf(readings, i)) / NEIGHBOURS);
      sum += weight * score;
      weights += weight;
    }
    scores[i] = (1 - SHARED) * (alone[at] as number) + (SHARED * sum) / weights;
  });
}

/** Of each author's name, how much of what was typed as a name it holds. */
function namesIn(readings: readonly Reading[], said: readonly string[]): Map<string, number> {
  const typed = new Set(said);
  const parts = new Map<string, string[]>();
  for (const {
    candidate: { name },
  } of readings)
    if (!parts.has(name))
      parts.set(
        name,
        nameWords(name).filter(word => typed.has(word)),
      );
  const meant = new Set([...parts.values()].flat()).size;
  return new Map([...parts].map(([name, words]) => [name, meant ? words.length / meant : 0]));
}

export const nameWords = (name: string): string[] =>
  name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
