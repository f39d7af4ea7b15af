// The limits of one node, in its own memory: how fast calls may come, and how many attempts to sign in.
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { FlowLimit, Limits } from '../hub/ports-people.ts';
import { createAttempts } from './attempts.ts';
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

export function createMemoryLimits(overrides: Partial<Record<FlowLimit, Rate>> = {}): Limits {
  const flows = mapValues({ ...flowRates, ...overrides }, rate => createTokenBuckets(rate));
  return {
    take: (limit, key, cost = 1) => flows[limit].take(key, cost),
    ...createAttempts((_name, rate) => new RateLimiterMemory(rate)),
  };
}

/** For benchmarks (`RATE_LIMITS=off`): everything is allowed. */
export function createNoLimits(): Limits {
  return { take: () => ({ ok: true }), attempt: async () => ({ ok: true }), forgive: async () => {} };
}

const mapValues = <K extends string, A, B>(record: Record<K, A>, map: (value: A) => B): Record<K, B> =>
  Object.fromEntries(Object.entries<A>(record).map(([key, value]) => [key, map(value)])) as Record<K, B>;
