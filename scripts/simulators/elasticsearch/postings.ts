// The inverted index of one text field: which documents hold a term, how often and where, and what BM25 makes of that.
import type { Token } from './analysis.ts';

const K1 = 1.2;
const B = 0.75;

export interface Postings {
  /** By document: its places, in order. */
  places(term: string): ReadonlyMap<string, readonly number[]> | undefined;
  /** Terms that begin with these letters, or all. */
  terms(prefix?: string): Iterable<string>;
  add(id: string, tokens: readonly Token[]): void;
  remove(id: string, tokens: readonly Token[]): void;
  /** @param frequency how often the document holds what `documents` documents hold */
  score(id: string, frequency: number, documents: number): number;
}

export function createPostings(norms: boolean): Postings {
  const terms = new Map<string, Map<string, number[]>>();
  const lengths = new Map<string, number>();
  let total = 0;
  return {
    places: term => terms.get(term),
    *terms(prefix = '') {
      for (const term of terms.keys()) if (term.startsWith(prefix)) yield term;
    },
    add(id, tokens) {
      if (tokens.length === 0) return;
      // Several terms at one place count as one.
      const length = new Set(tokens.map(({ position }) => position)).size;
      lengths.set(id, length);
      total += length;
      for (const { term, position } of tokens) {
        const documents = terms.get(term) ?? new Map<string, number[]>();
        const places = documents.get(id) ?? [];
        places.push(position);
        terms.set(term, documents.set(id, places));
      }
    },
    remove(id, tokens) {
      total -= lengths.get(id) ?? 0;
      lengths.delete(id);
      for (const { term } of tokens) {
        const documents = terms.get(term);
        documents?.delete(id);
        if (documents?.size === 0) terms.delete(term);
      }
    },
    score(id, frequency, documents) {
      const count = lengths.size;
      const idf = Math.log(1 + (count - documents + 0.5) / (documents + 0.5));
      const length = norms ? (lengths.get(id) ?? 0) / (total / count) : 1;
      return idf * (frequency / (frequency + K1 * (1 - B + B * length)));
    },
  };
}
