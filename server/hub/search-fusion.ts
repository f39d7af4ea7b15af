// Two rankings of the same things made one, by their ranks alone: scores of words and of meaning cannot be compared. Pure.

/** How much less a lower rank counts; the usual constant of reciprocal rank fusion. */
const K = 60;

/** Best first; of those that are as good, in the order of the first list. Each thing once, with its score of 0 … 1. */
export function fuse<T>(
  lists: readonly (readonly T[])[],
  keyOf: (one: T) => string,
): { one: T; score: number }[] {
  const sums = new Map<string, { one: T; score: number }>();
  const best = lists.length / (K + 1);
  for (const list of lists) {
    list.forEach((one, at) => {
      const key = keyOf(one);
      const known = sums.get(key) ?? { one, score: 0 };
      known.score += 1 / (K + 1 + at) / best;
      sums.set(key, known);
    });
  }
  return [...sums.values()].sort((a, b) => b.score - a.score);
}
