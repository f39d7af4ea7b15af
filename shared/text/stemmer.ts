// Stems of many texts: who reads them meets the same words again and again.
import { stem } from './stem.ts';

export type Stemmer = typeof stem;

/** Those of a language that people use, and then some; beyond them it begins anew. */
const REMEMBERED = 20_000;

/** A {@link stem} that remembers. */
export function createStemmer(): Stemmer {
  const roots = new Map<string, string>();
  return (word, language) => {
    const key = `${language} ${word}`;
    const known = roots.get(key);
    if (known !== undefined) return known;
    if (roots.size >= REMEMBERED) roots.clear();
    const root = stem(word, language);
    roots.set(key, root);
    return root;
  };
}
