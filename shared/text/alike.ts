// How alike two words are spelled, by the trigrams that they share. The search index in the database counts the same way.

/** 0 … 1 (Dice). From {@link NEARLY} on one may be the other misspelled. */
export function likeness(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 1) return 0;
  const [a, b] = [trigrams(one), trigrams(other)];
  let shared = 0;
  for (const gram of a) if (b.has(gram)) shared++;
  return (2 * shared) / (a.size + b.size);
}

export const NEARLY = 0.4;

function trigrams(word: string): Set<string> {
  const padded = ` ${word} `;
  return new Set([...word].map((_, i) => padded.slice(i, i + 3)));
}
