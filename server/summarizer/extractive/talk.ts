// A request read once: its sentences, their words, and what each of them weighs in the whole. Everything that summarizes starts from it.
import type { SummaryRequest } from '../../hub/ports-ai.ts';
import { fluent } from './fluent.ts';
import { type Sentence, sentences } from './sentences.ts';
import { createVocabulary, type Vocabulary } from './words.ts';

export interface Talk {
  readonly request: SummaryRequest;
  readonly all: readonly Sentence[];
  /** The sentences without hesitation, where we know how; the same numbers. */
  readonly texts: readonly string[];
  /** Words that carry meaning, of each sentence. */
  readonly terms: readonly (readonly string[])[];
  readonly vocabulary: Vocabulary;
  readonly english: boolean;
  /** What a word weighs: often said in the whole, 0 if only once. */
  weight(term: string): number;
  /** Whether a word in lower case is no name: it is written so somewhere in the talk. */
  isOrdinary(word: string): boolean;
  /** Between 0 and 1: how much of what matters in the whole is in a sentence. */
  salience(index: number): number;
}

export function read(request: SummaryRequest): Talk {
  const all = sentences(request.lines);
  const vocabulary = createVocabulary(all.map(({ text }) => text));
  const english = vocabulary.language === 'eng';
  const texts = all.map(({ text }) => (english ? fluent(text) : text));
  const terms = texts.map(text => vocabulary.terms(text));
  const frequency = new Map<string, number>();
  for (const list of terms) for (const term of list) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const weight = (term: string) => {
    const count = frequency.get(term) ?? 0;
    return count < 2 ? 0 : Math.sqrt(count);
  };
  const ordinary = new Set<string>();
  for (const text of texts)
    for (const [word] of text.matchAll(/(?<=[\s(]|^)\p{Ll}[\p{Ll}'-]*/gu)) ordinary.add(word);
  const raw = terms.map(list => {
    let sum = 0;
    for (const term of new Set(list)) sum += weight(term);
    return sum / Math.sqrt(list.length + 4);
  });
  let most = 0;
  for (const value of raw) most = Math.max(most, value);
  return {
    request,
    all,
    texts,
    terms,
    vocabulary,
    english,
    weight,
    isOrdinary: word => ordinary.has(word) || vocabulary.isCommon(word),
    salience: index => (most > 0 ? raw[index]! / most : 0),
  };
}
