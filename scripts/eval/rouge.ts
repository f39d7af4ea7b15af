// ROUGE-1, ROUGE-2 and ROUGE-L as F1, in percent, on lower-case words without stemming.

export interface Rouge {
  readonly r1: number;
  readonly r2: number;
  readonly rl: number;
}

export function rouge(candidate: string, reference: string): Rouge {
  const a = tokens(candidate);
  const b = tokens(reference);
  return {
    r1: f1(shared(a, b, 1), a.length, b.length),
    r2: f1(shared(a, b, 2), a.length - 1, b.length - 1),
    rl: f1(longestCommonSubsequence(a, b), a.length, b.length),
  };
}

/** The mean of each figure; zeros of nothing. */
export function mean(scores: readonly Rouge[]): Rouge {
  const of = (pick: (score: Rouge) => number) =>
    scores.reduce((sum, score) => sum + pick(score), 0) / (scores.length || 1);
  return { r1: of(score => score.r1), r2: of(score => score.r2), rl: of(score => score.rl) };
}

export const tokens = (text: string): string[] => text.toLowerCase().match(/[a-z0-9']+/g) ?? [];

function f1(common: number, candidate: number, reference: number): number {
  return common > 0 ? (200 * common) / (candidate + reference) : 0;
}

/** How many runs of `size` words are in both, each as often as in the one that has it less often. */
function shared(a: readonly string[], b: readonly string[], size: number): number {
  const left = new Map<string, number>();
  const runs = (words: readonly string[]) =>
    words.slice(size - 1).map((_, index) => words.slice(index, index + size).join(' '));
  for (const run of runs(a)) left.set(run, (left.get(run) ?? 0) + 1);
  let common = 0;
  for (const run of runs(b)) {
    const rest = left.get(run) ?? 0;
    if (rest === 0) continue;
    common++;
    left.set(run, rest - 1);
  }
  return common;
}

function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let above = new Uint32Array(b.length + 1);
  for (const word of a) {
    const row = new Uint32Array(b.length + 1);
    b.forEach((other, index) => {
      row[index + 1] = word === other ? above[index]! + 1 : Math.max(above[index + 1]!, row[index]!);
    });
    above = row;
  }
  return above[b.length]!;
}
