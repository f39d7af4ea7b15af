// Kinds of searches for the benchmark, each made anew for every run so that nothing is answered from a cache of its own.
import type { Random } from '../../chaos/random.ts';
import { type Corpus, made } from './corpus.ts';

export type Kind = (corpus: Corpus, random: Random) => { query: string; room?: string };

/** From the frequent end of the list: among the first so many, and among those that a few messages hold. */
const frequent = ({ words }: Corpus, random: Random) => random.pick(words.slice(0, 200));
const middling = ({ words }: Corpus, random: Random) => random.pick(words.slice(200, 3000));
const rare = ({ words }: Corpus, random: Random) => random.pick(words.slice(3000, 20_000));
const line = ({ lines }: Corpus, random: Random) => {
  const words = random.pick(lines).match(/[a-z]{3,}/gi) ?? [];
  return words.length > 5 ? words : undefined;
};
const lineOf = (corpus: Corpus, random: Random): string[] => {
  for (;;) {
    const words = line(corpus, random);
    if (words) return words;
  }
};

export const kinds: Readonly<Record<string, Kind>> = {
  'one rare word': (c, r) => ({ query: rare(c, r) }),
  'one word': (c, r) => ({ query: middling(c, r) }),
  'one frequent word': (c, r) => ({ query: frequent(c, r) }),
  'two frequent words': (c, r) => ({ query: `${frequent(c, r)} ${frequent(c, r)}` }),
  'three words': (c, r) => ({ query: `${middling(c, r)} ${middling(c, r)} ${frequent(c, r)}` }),
  prefix: (c, r) => ({ query: `${middling(c, r).slice(0, 4)}*` }),
  phrase: (c, r) => ({ query: `"${lineOf(c, r).slice(1, 4).join(' ')}"` }),
  exclusion: (c, r) => ({ query: `${middling(c, r)} -${frequent(c, r)}` }),
  misspelled: (c, r) => ({ query: misspelled(middling(c, r), r) }),
  question: (c, r) => ({ query: `what did we say about ${lineOf(c, r).slice(0, 6).join(' ')}` }),
  'from a person': (c, r) => ({ query: `${middling(c, r)} from:user-${r.whole(1, 499)}` }),
  'in one room': (c, r) => ({
    query: `${frequent(c, r)} ${middling(c, r)}`,
    room: `room-${Math.floor(c.rooms * r.next() ** 3)}`,
  }),
  'days alone': (_, r) => ({ query: `from:user-${r.whole(1, 499)} has:link` }),
  'a name of a thing': (_, r) => ({ query: made(r.whole(0, 100_000)) }),
};

/** Two letters change places. */
function misspelled(word: string, random: Random): string {
  const at = random.whole(1, Math.max(1, word.length - 2));
  return word.slice(0, at) + (word[at + 1] ?? 'e') + (word[at] ?? 'i') + word.slice(at + 2);
}
