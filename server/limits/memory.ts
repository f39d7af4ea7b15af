// The limits of one node, in its own memory: how fast calls may come, and how many attempts to sign in.
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { AttemptLimit, FlowLimit, Limits } from '../hub/ports-people.ts';
import { createTokenBuckets, type Rate } from './token-buckets.ts';

/** As promised under "Overload". Bytes are bytes of packets. */
export const flowRates: Record<FlowLimit, Rate> = {
  'call.socket': { perSecond: 20, burst: 40 },
  'call.user': { perSecond: 2, burst: 120 },
  'call.bot': { perSecond: 5, burst: 10 },
  'call.room': { perSecond: 100, burst: 200 },
  'call.address': { perSecond: 300, burst: 600 },
  'bytes.socket': { perSecond: 256 * 1024, burst: 512 * 1024 },
  'handshake.address': { perSecond: 20, burst: 20 },
};

const MINUTES = 60;

/**
 * Attempts in a span of seconds. Of logins only the wrong ones add up, and no limit is on the account alone: whoever guesses a
 * password locks themselves out, not the owner who comes from elsewhere (attack 14).
 */
export const attemptRates: Record<AttemptLimit, { points: number; duration: number }> = {
  'login.address': { points: 100, duration: 15 * MINUTES },
  'login.account': { points: 10, duration: 15 * MINUTES },
  'register.address': { points: 300, duration: 10 * MINUTES },
  'refresh.address': { points: 600, duration: MINUTES },
};

export function createMemoryLimits(overrides: Partial<Record<FlowLimit, Rate>> = {}): Limits {
  const flows = mapValues({ ...flowRates, ...overrides }, rate => createTokenBuckets(rate));
  const attempts = mapValues(attemptRates, rate => new RateLimiterMemory(rate));
  return {
    take: (limit, key, cost = 1) => flows[limit].take(key, cost),
    async attempt(limit, key) {
      try {
        await attempts[limit].consume(key);
        return { ok: true };
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        return { ok: false, retryAfterMs: Math.max(1, refused.msBeforeNext) };
      }
    },
    async forgive(limit, key) {
      await attempts[limit].reward(key);
    },
  };
}

/** For benchmarks (`RATE_LIMITS=off`): everything is allowed. */
export function createNoLimits(): Limits {
  return { take: () => ({ ok: true }), attempt: async () => ({ ok: true }), forgive: async () => {} };
}

const mapValues = <K extends string, A, B>(record: Record<K, A>, map: (value: A) => B): Record<K, B> =>
  Object.fromEntries(Object.entries<A>(record).map(([key, value]) => [key, map(value)])) as Record<K, B>;
