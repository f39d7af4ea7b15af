// What a conversation is about, in the words it uses: "the remote control", "voice recognition". Found by how words are used, in no dictionary.
import type { Vocabulary } from './words.ts';

export interface Phrase {
  /** As a sentence names it, with "the" where people say so. */
  readonly text: string;
  /** Its words as terms. */
  readonly terms: readonly string[];
  /** How much of the conversation it stands for. */
  readonly score: number;
  /** Numbers of the sentences that have it. */
  readonly sentences: readonly number[];
}

const DETERMINER = new Set(
  'the a an our my your his her its their these those this some each every another'.split(' '),
);
const DEFINITE = new Set('the this that these those our my your his her its their'.split(' '));
const TOKEN = /[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}'’-]*|[^\s\p{L}\p{M}\p{N}]/gu;
const MAX_WORDS = 3;

/** Nouns that name nothing by themselves. */
const PALE = new Set(
  `idea case course example number end front top bottom side inside outside half couple bunch week minute hour day month year moment amount issue
  problem situation point reason question answer meeting group team discussion conversation kind type sort form bit set rest place fact matter
  topic subject area level term detail slide room name hand close once else within across later within forward able own whole only single
  current previous following new final main important interesting difficult easy possible available small large high low long short real natural
  open certain different similar general specific special simple full old young clear sure useful left right middle back line list mr chair
  minister member sense step next beginning start mention concern response opportunity experience change chance piece range
  effect result difference version word mind life today tomorrow yesterday morning afternoon evening night monday tuesday wednesday thursday
  friday saturday sunday january february march april june july august september october november december`.split(
    /\s+/,
  ),
);
/** Before a quality, not before a thing. */
const DEGREE = new Set(
  "very more too quite so really pretty most less as be is are was were it's that's looks seems".split(' '),
);

interface Found {
  readonly forms: Map<string, number>;
  readonly terms: readonly string[];
  readonly sentences: Set<number>;
  count: number;
  determined: number;
  quality: number;
  definite: number;
  first: number;
}

/** @param texts sentences, in English */
export function phrases(texts: readonly string[], vocabulary: Vocabulary): Phrase[] {
  const found = new Map<string, Found>();
  texts.forEach((text, index) => {
    const tokens = text.match(TOKEN) ?? [];
    const lower = tokens.map(token => token.toLowerCase());
    for (let i = 0; i < tokens.length; i++) {
      if (!carries(lower[i]!, vocabulary)) continue;
      let end = i;
      while (end < tokens.length && carries(lower[end]!, vocabulary)) end++;
      const before = lower[i - 1] ?? '';
      const size = end - i;
      // A run of words is named by its last ones: the thing comes last in English.
      for (let from = Math.max(i, end - MAX_WORDS); from < end; from++) {
        const words = tokens.slice(from, end);
        const terms = vocabulary.terms(words.join(' '));
        if (terms.length !== words.length) continue;
        const key = terms.join(' ');
        const entry = found.get(key) ?? {
          forms: new Map<string, number>(),
          terms,
          sentences: new Set<number>(),
          count: 0,
          determined: 0,
          quality: 0,
          definite: 0,
          first: index,
        };
        found.set(key, entry);
        const form = words
          .map(word =>
            /^\p{Lu}\p{Ll}+$/u.test(word) && from + words.indexOf(word) === 0 ? word.toLowerCase() : word,
          )
          .join(' ');
        entry.forms.set(form, (entry.forms.get(form) ?? 0) + 1);
        entry.sentences.add(index);
        entry.count++;
        if (
          size === 1 &&
          (DEGREE.has(before) || /^(?:one|ones|thing|things|stuff|people|person|way)$/.test(lower[end] ?? ''))
        )
          entry.quality++;
        if (DETERMINER.has(before) && size <= MAX_WORDS) entry.determined++;
        if (DEFINITE.has(before) && from === i) entry.definite++;
      }
      i = end;
    }
  });
  const result: Phrase[] = [];
  for (const entry of found.values()) {
    if (
      entry.count < (entry.terms.length > 1 ? 2 : 3) ||
      entry.determined / entry.count < 0.3 ||
      entry.quality / entry.count > 0.25
    )
      continue;
    if (entry.terms.every(term => PALE.has(term)) || PALE.has(entry.terms.at(-1)!)) continue;
    const [form] = [...entry.forms].sort((a, b) => b[1] - a[1])[0]!;
    const many = /[^s]s$/.test(form);
    const definite = entry.definite / entry.count > (many ? 0.25 : 0.05) && !/^\p{Lu}\p{Ll}/u.test(form);
    result.push({
      text: definite ? `the ${form}` : form,
      terms: entry.terms,
      sentences: [...entry.sentences],
      score: entry.count * (entry.terms.length > 1 ? 2 : 1),
    });
  }
  return result.sort((a, b) => b.score - a.score || a.text.localeCompare(b.text));
}

/** The first of a list that share no word with each other. */
export function distinct(list: readonly Phrase[], count: number): Phrase[] {
  const chosen: Phrase[] = [];
  const taken = new Set<string>();
  for (const phrase of list) {
    if (chosen.length === count) break;
    if (phrase.terms.some(term => taken.has(term))) continue;
    chosen.push(phrase);
    for (const term of phrase.terms) taken.add(term);
  }
  return chosen;
}

const NUMERAL =
  /^(?:(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\p{L}+)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|zero|million|billion|fourth|fifth|sixth|seventh|eighth|ninth|tenth|half|percent|per|cent)$/u;

const carries = (word: string, vocabulary: Vocabulary) =>
  !NUMERAL.test(word) &&
  /^[\p{L}\p{N}]/u.test(word) &&
  word.length > 2 &&
  !/^\d/.test(word) &&
  !vocabulary.isCommon(word);
