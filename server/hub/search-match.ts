// Where a text holds what was searched for: for ranking and for highlights, whatever index found it. Pure.
import { likeness, NEARLY } from '#shared/text/alike.ts';
import { type Language, languageOf, stem, stems } from '#shared/text/stem.ts';
import { isUnspaced, type Word, wordsOf } from '#shared/text/words.ts';
import type { SearchQuery } from './ports-search.ts';

/** One thing that was searched for: a word, or words side by side. */
export interface Term {
  readonly words: readonly string[];
  /** The last word may go on. */
  readonly open: boolean;
  /** Its inflections and misspellings do not count. */
  readonly exact: boolean;
}

export interface Hit {
  /** Place in the terms. */
  readonly term: number;
  /** The word of the text where it begins. */
  readonly at: number;
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
  /** 1 as it was typed, less for a relative of it. */
  readonly weight: number;
}

export interface Read {
  readonly words: readonly Word[];
  /** In the order of the text. */
  readonly hits: readonly Hit[];
}

export interface Matcher {
  /** The words first, then the phrases. */
  readonly terms: readonly Term[];
  read(text: string): Read;
}

const STEM = 0.9;
const NEAR = 0.6;

export function termsOf({ words, phrases }: Pick<SearchQuery, 'words' | 'phrases'>): Term[] {
  const cut = (text: string) => wordsOf(text).map(({ word }) => word);
  const ends = (parts: readonly string[]) => isUnspaced(parts.at(-1) ?? '');
  const term = (text: string, prefix: boolean, exact: boolean): Term => {
    const parts = cut(text);
    return { words: parts, open: prefix || ends(parts), exact: exact || prefix || parts.length > 1 };
  };
  return [
    ...words.map(({ text, prefix }) => term(text, prefix, false)),
    ...phrases.map(text => term(text, false, true)),
  ].filter(({ words }) => words.length > 0);
}

export function createMatcher(query: Pick<SearchQuery, 'words' | 'phrases' | 'near'>): Matcher {
  const terms = termsOf(query);
  const roots = terms.map(({ words, exact }) => new Set(exact ? [] : stems(words[0] as string)));
  // Texts repeat their words, and each is looked at once.
  const known = new Map<Language, Map<string, readonly [number, number][]>>();
  const knownIn = (language: Language) => {
    const words = known.get(language) ?? new Map<string, readonly [number, number][]>();
    known.set(language, words);
    return words;
  };

  const begins = ({ words, open }: Term, word: string) =>
    open && words.length === 1 ? word.startsWith(words[0] as string) : word === words[0];
  // No stem changes how a word begins, so that most words need none.
  const beginnings = new Set(roots.flatMap(stems => [...stems].map(root => root.slice(0, 2))));
  const weigh = (word: string, language: Language): readonly [number, number][] => {
    const root = beginnings.has(word.slice(0, 2)) ? stem(word, language) : undefined;
    return terms.flatMap((term, i): [number, number][] => {
      if (begins(term, word)) return [[i, 1]];
      if (term.exact) return [];
      if (root !== undefined && roots[i]?.has(root)) return [[i, STEM]];
      const near = query.near && word.length >= 4 && likeness(term.words[0] as string, word) >= NEARLY;
      return near ? [[i, NEAR]] : [];
    });
  };
  const follows = ({ words, open }: Term, text: readonly Word[], at: number) =>
    words.every((word, i) => {
      const there = text[at + i]?.word;
      return i > 0 && open && i === words.length - 1 ? there?.startsWith(word) : i === 0 || there === word;
    });

  return {
    terms,
    read(text) {
      const words = wordsOf(text);
      const language = languageOf(words);
      const seen = knownIn(language);
      const hits: Hit[] = [];
      words.forEach(({ word, start }, at) => {
        let found = seen.get(word);
        if (!found) {
          found = weigh(word, language);
          seen.set(word, found);
        }
        for (const [i, weight] of found) {
          const term = terms[i] as Term;
          if (follows(term, words, at))
            hits.push({ term: i, at, start, end: endOf(term, words, at), weight });
        }
      });
      return { words, hits };
    },
  };
}

/** In scripts without spaces a word of the text may reach beyond what was searched for. */
function endOf({ words }: Term, text: readonly Word[], at: number): number {
  const [sought, there] = [words.at(-1) as string, text[at + words.length - 1] as Word];
  return isUnspaced(sought) ? there.start + sought.length : there.end;
}
