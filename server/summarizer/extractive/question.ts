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
/** An answer comes after its question, and whoever raised something goes on about it. */
const AFTER = 0.5;
const BEFORE = 0.2;
const SAME = 1.6;
const ANSWER = 2.5;
/** Less than this of the nearest has nothing to do with it. */
const FAR = 0.2;

const isAsked = (text: string) => /[?？]\s*$/.test(text);

/** Between 0 and 1 for each sentence; undefined when the question asks for no more than a summary. */
export function relevance(talk: Talk): ((index: number) => number) | undefined {
  const { question } = talk.request;
  if (!question) return undefined;
  const asked = new Set(talk.vocabulary.terms(question).filter(term => !GENERAL.has(term)));
  if (asked.size === 0) return undefined;
  const count = talk.all.length;
  const found = new Map<string, number>();
  for (const list of talk.terms)
    for (const term of new Set(list)) if (asked.has(term)) found.set(term, (found.get(term) ?? 0) + 1);
  const average = talk.terms.reduce((sum, list) => sum + list.length, 0) / (count || 1) || 1;
  const people = new Set(words(question));
  const own = talk.terms.map((list, index) => {
    let sum = 0;
    const times = new Map<string, number>();
    for (const term of list) if (asked.has(term)) times.set(term, (times.get(term) ?? 0) + 1);
    for (const [term, n] of times) {
      const rare = Math.log(1 + (count - found.get(term)! + 0.5) / (found.get(term)! + 0.5));
      sum +=
        (rare * n * (SATURATION + 1)) / (n + SATURATION * (1 - LENGTH + (LENGTH * list.length) / average));
    }
    // "What did Ann say about …"
    return words(talk.all[index]!.by).some(name => name.length > 2 && people.has(name)) ? sum * 1.5 : sum;
  });
  const near = own.map((value, index) => {
    let sum = value;
    const from = (step: number, part: number) => {
      const other = talk.all[index + step];
      if (other)
        sum +=
          part *
          FADE ** Math.abs(step) *
          own[index + step]! *
          (other.by === talk.all[index]!.by ? SAME : part === AFTER && isAsked(other.text) ? ANSWER : 1);
    };
    for (let step = 1; step <= REACH; step++) {
      from(-step, AFTER);
      from(step, BEFORE);
    }
    return sum;
  });
  let most = 0;
  for (const value of near) most = Math.max(most, value);
  // None of its words was said: what matters in general is the best that can be given.
  return most > 0 ? index => (near[index]! >= FAR * most ? near[index]! / most : 0) : undefined;
}
