// What many calls came to: counted by outcome, and how long those that went well took.

/** Of calls, or of attempts to connect. */
export interface Tally {
  ok: number;
  /** By code. */
  refused: Record<string, number>;
  /** Refusals that do not say when to come back. */
  hintless: number;
  /** Never answered. */
  lost: number;
  /** Milliseconds of those that went well. */
  took: number[];
  /** The longest that any answer took, in ms. */
  longest: number;
}

export const newTally = (): Tally => ({ ok: 0, refused: {}, hintless: 0, lost: 0, took: [], longest: 0 });

export function refuse(tally: Tally, error: { code: string; retryAfterMs?: number | undefined }): void {
  tally.refused[error.code] = (tally.refused[error.code] ?? 0) + 1;
  if (!((error.retryAfterMs ?? 0) > 0)) tally.hintless++;
}

export function merge(tallies: readonly Tally[]): Tally {
  const sum = newTally();
  for (const { ok, refused, hintless, lost, took, longest } of tallies) {
    sum.ok += ok;
    sum.hintless += hintless;
    sum.lost += lost;
    sum.longest = Math.max(sum.longest, longest);
    for (const ms of took) sum.took.push(ms);
    for (const [code, count] of Object.entries(refused)) sum.refused[code] = (sum.refused[code] ?? 0) + count;
  }
  return sum;
}

export const refusals = ({ refused }: Tally): number => Object.values(refused).reduce((a, b) => a + b, 0);

/** @param share in 0 … 1 */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const p99 = ({ took }: Tally): number => percentile(took, 0.99);
/** For people. */
export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
export const listed = (refused: Record<string, number>): string =>
  Object.entries(refused)
    .map(([code, count]) => `${count} ${code}`)
    .join(', ') || 'none';
