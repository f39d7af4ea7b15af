// What was asked, and how near each sentence comes to it.
import type { Talk } from './talk.ts';
import { words } from './words.ts';

/** Words of questions that ask for a summary, and not for anything in it. */
const GENERAL = new Set(
  `summarize summarise summary sum recap overview brief whole entire meeting discussion discuss discussed conversation chat channel room thread talk
  main mainly key point topic content general happen happened happening miss missed agenda important highlight outcome result tldr update
  today yesterday week day session gist catch describe explain tell give list show everything anything was were`.split(
    /\s+/,
  ),
);

/** BM25's usual constants. */
const SATURATION = 1.2;
const LENGTH = 0.75;
/** What is said around a sentence speaks for it too: by so much less with each step. */
const FADE = 0.6;
const REACH = 4;
const AFTER = 0.5;
const BEFORE = 0.2;
const SAME = 1.6;
const ANSWER = 2.5;
/** Less than this of the nearest has nothing to do with it. */
const FAR = 0.2;

/** From so many sentences on, a talk is long. */
const LONG = 200;
/** How fast what is around fades with each sentence, and how much of it counts. */
const LASTING = 0.93;
const TOPIC = 0.5;
/** What somebody said who is named in the question counts so much more. */
const SPEAKER = 1.5;

const isAsked = (text: string) => /[?？]\s*$/.test(text);

export interface Relevance {
  /** Between 0 and 1: how much of what was asked is in a sentence. */
  own(index: number): number;
  /** The same with what is said around it, where people talk one after the other. */
  near(index: number): number;
}

/** Undefined when the question asks for no more than a summary. */
export function relevance(talk: Talk): Relevance | undefined {
  const { question } = talk.request;
  if (!question) return undefined;
  const asked = new Set(talk.vocabulary.terms(question).filter(term => !GENERAL.has(term)));
  if (asked.size === 0) return undefined;
  const count = talk.all.length;
  const found = new Map<string, number>();
  for (const list of talk.terms)
    for (const term of new Set(list)) if (asked.has(term)) found.set(term, (found.get(term) ?? 0) + 1);
  const average = talk.terms.reduce((sum, list) => sum + list.length, 0) / (count || 1) || 1;
  const asksFor = named(question);
  const own = talk.terms.map((list, index) => {
    let sum = 0;
    const times = new Map<string, number>();
    for (const term of list) if (asked.has(term)) times.set(term, (times.get(term) ?? 0) + 1);
    for (const [term, n] of times) {
      const rare = Math.log(1 + (count - found.get(term)! + 0.5) / (found.get(term)! + 0.5));
      sum +=
        (rare * n * (SATURATION + 1)) / (n + SATURATION * (1 - LENGTH + (LENGTH * list.length) / average));
    }
    // "What did Ann say about …": others count too, since they say what she answers.
    return asksFor(talk.all[index]!.by) ? sum * SPEAKER : sum;
  });
  const near =
    count < LONG
      ? stepwise(talk, own)
      : spread(own).map((value, index) => (asksFor(talk.all[index]!.by) ? value * SPEAKER : value));
  // None of its words was said: what matters in general is the best that can be given.
  return own.some(value => value > 0) ? { own: scaled(own), near: scaled(near) } : undefined;
}

/** In parts of the highest; what is far below it has nothing to do with the question. */
function scaled(values: readonly number[]): (index: number) => number {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return index => (values[index]! >= FAR * most ? values[index]! / most : 0);
}

/** In a few messages: an answer comes after its question, and whoever raised something goes on about it. */
function stepwise(talk: Talk, own: readonly number[]): number[] {
  return own.map((value, index) => {
    let sum = value;
    const from = (step: number, part: number) => {
      const other = talk.all[index + step];
      if (!other) return;
      const same = other.by === talk.all[index]!.by;
      const tie = same ? SAME : part === AFTER && isAsked(other.text) ? ANSWER : 1;
      sum += part * FADE ** Math.abs(step) * own[index + step]! * tie;
    };
    for (let step = 1; step <= REACH; step++) {
      from(-step, AFTER);
      from(step, BEFORE);
    }
    return sum;
  });
}

/** In a long talk: a topic lasts, so that what is said around counts for dozens of sentences. */
function spread(own: readonly number[]): number[] {
  const around = new Float64Array(own.length);
  for (const order of [own.keys(), [...own.keys()].reverse()]) {
    let carried = 0;
    for (const index of order) {
      around[index]! += carried;
      carried = (carried + own[index]!) * LASTING;
    }
  }
  return own.map((value, index) => value + TOPIC * around[index]!);
}

/** Whether a question names somebody: by a word of the name, or by its letter ("Grad C" is "C"). */
function named(question: string): (by: string) => boolean {
  const asked = new Set(words(question));
  const letters = new Set(question.match(/(?<=\s)(?!I\b)\p{Lu}(?=[\s?.,]|$)/gu) ?? []);
  return by =>
    words(by).some(name => name.length > 2 && asked.has(name)) || letters.has(by.split(' ').at(-1)!);
}
