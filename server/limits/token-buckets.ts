// Many small budgets that refill steadily, one per key, in bounded memory. Costs a map lookup and a few additions per call.
import type { Taken } from '../hub/ports-people.ts';

export interface Rate {
  readonly perSecond: number;
  /** What may be used at once after a pause. */
  readonly burst: number;
}

export interface TokenBuckets {
  take(key: string, cost: number): Taken;
  /** Keys remembered now. */
  readonly size: number;
}

const OK: Taken = { ok: true };

/**
 * Keeps one number per key: the time at which its budget will be full again. A key whose time has passed need not be remembered, so
 * two maps take turns: what was not touched during a whole refill is dropped with the older one, without any sweep.
 * @param now milliseconds, never going back
 * @param maxKeys per map; an attacker with more keys than this makes others forgotten early, not memory grow
 */
export function createTokenBuckets(
  { perSecond, burst }: Rate,
  { now = () => performance.now(), maxKeys = 100_000 } = {},
): TokenBuckets {
  const msPerToken = 1000 / perSecond;
  const refillMs = burst * msPerToken;
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  let turnAt = now() + refillMs;

  return {
    take(key, cost) {
      const at = now();
      if (at >= turnAt || young.size >= maxKeys) {
        old = at >= turnAt + refillMs ? new Map() : young;
        young = new Map();
        turnAt = at + refillMs;
      }
      // More than a whole budget could never be paid; it takes all there is.
      const price = Math.min(cost, burst) * msPerToken;
      const fullAt = Math.max(at, young.get(key) ?? old.get(key) ?? 0) + price;
      const waitMs = fullAt - at - refillMs;
      // Sums of fractions may be off by a hair.
      if (waitMs > 1e-6) return { ok: false, retryAfterMs: Math.ceil(waitMs) };
      young.set(key, fullAt);
      return OK;
    },
    get size() {
      return young.size + old.size;
    },
  };
}
