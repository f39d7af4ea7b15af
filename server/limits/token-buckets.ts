// Many small budgets that refill steadily, one per key, in bounded memory. Costs a map lookup and a few additions per call.
import type { Taken } from '../hub/ports-people.ts';

export interface Rate {
  readonly perSecond: number;
  /** What may be used at once after a pause. */
  readonly burst: number;
}

export interface TokenBuckets {
  take(key: string, cost: number): Taken;
  /** Milliseconds that a cost is worth. */
  price(cost: number): number;
  /** Milliseconds until the key's budget is full again. */
  owed(key: string): number;
  /** Others took from the budget, too: it will not be full before so many milliseconds have passed since `at`. */
  owes(key: string, ms: number, at: number): void;
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

  const turn = (at: number) => {
    const late = at >= turnAt + refillMs;
    const owing = new Map<string, number>();
    // Only what others took can still be owed after a whole refill, and that is not forgiven.
    if (at >= turnAt) {
      for (const [key, fullAt] of old) if (fullAt > at && !young.has(key)) owing.set(key, fullAt);
      if (late) for (const [key, fullAt] of young) if (fullAt > at) owing.set(key, fullAt);
    }
    old = late ? new Map() : young;
    young = owing;
    turnAt = at + refillMs;
  };
  const fullAtOf = (key: string) => young.get(key) ?? old.get(key) ?? 0;
  // More than a whole budget could never be paid; it takes all there is.
  const price = (cost: number) => Math.min(cost, burst) * msPerToken;

  return {
    price,
    take(key, cost) {
      const at = now();
      if (at >= turnAt || young.size >= maxKeys) turn(at);
      const fullAt = Math.max(at, fullAtOf(key)) + price(cost);
      const waitMs = fullAt - at - refillMs;
      // Sums of fractions may be off by a hair.
      if (waitMs > 1e-6) return { ok: false, retryAfterMs: Math.ceil(waitMs) };
      young.set(key, fullAt);
      return OK;
    },
    owed: key => Math.max(0, fullAtOf(key) - now()),
    owes(key, ms, at) {
      if (at + ms > fullAtOf(key)) young.set(key, at + ms);
    },
    get size() {
      return young.size + old.size;
    },
  };
}
