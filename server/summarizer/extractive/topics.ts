// Where a conversation turns to something else: the deepest dips in how much what was said before has in common with what comes after.

const WINDOW = 40;

/**
 * @param terms of each sentence, in order
 * @param wanted so many topics, if there are so many
 * @returns the sentence that each topic begins with; the first is 0
 */
export function topics(terms: readonly (readonly string[])[], wanted: number): number[] {
  const count = terms.length;
  const shortest = Math.max(8, Math.floor(count / (wanted * 2.5)));
  if (wanted < 2 || count < 2 * shortest) return [0];
  const window = Math.max(6, Math.min(WINDOW, Math.floor(count / (wanted * 2))));
  const gaps = cohesion(terms, window);
  const depths = gaps.map((value, gap) => ({
    gap,
    depth: peak(gaps, gap, -1) + peak(gaps, gap, 1) - 2 * value,
  }));
  const starts = [0];
  for (const { gap } of depths.sort((a, b) => b.depth - a.depth || a.gap - b.gap)) {
    if (starts.length === wanted) break;
    if (gap < shortest || gap > count - shortest) continue;
    if (starts.every(start => Math.abs(start - gap) >= shortest)) starts.push(gap);
  }
  return starts.sort((a, b) => a - b);
}

/** For each gap before a sentence: the cosine of the words in the windows on both its sides. */
function cohesion(terms: readonly (readonly string[])[], window: number): number[] {
  const left = new Bag();
  const right = new Bag();
  for (const list of terms.slice(0, window)) right.change(list, 1);
  return terms.map((list, gap) => {
    const value = left.cosine(right);
    right.change(list, -1);
    right.change(terms[gap + window] ?? [], 1);
    left.change(list, 1);
    left.change(terms[gap - window] ?? [], -1);
    return value;
  });
}

class Bag {
  readonly #counts = new Map<string, number>();

  change(list: readonly string[], by: number): void {
    for (const term of list) {
      const count = (this.#counts.get(term) ?? 0) + by;
      if (count === 0) this.#counts.delete(term);
      else this.#counts.set(term, count);
    }
  }

  cosine(other: Bag): number {
    let common = 0;
    for (const [term, count] of this.#counts) common += count * (other.#counts.get(term) ?? 0);
    return common === 0 ? 0 : common / (this.#length() * other.#length());
  }

  #length(): number {
    let sum = 0;
    for (const count of this.#counts.values()) sum += count ** 2;
    return Math.sqrt(sum);
  }
}

/** The highest value that is reached from a gap without going down. */
function peak(gaps: readonly number[], gap: number, step: -1 | 1): number {
  let best = gaps[gap]!;
  for (let i = gap + step; i >= 0 && i < gaps.length && gaps[i]! >= best; i += step) best = gaps[i]!;
  return best;
}
