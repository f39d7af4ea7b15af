// The limits of one node, in its own memory: how fast calls may come, and how many attempts to sign in.
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Limits } from '../hub/ports-people.ts';
import { createAttempts } from './attempts.ts';
import { createFlows, type FlowOverrides } from './flows.ts';

export function createMemoryLimits(overrides?: FlowOverrides): Limits {
  const flows = createFlows(overrides);
  return {
    take: (limit, key, cost = 1) => flows[limit].take(key, cost),
    ...createAttempts((_name, rate) => new RateLimiterMemory(rate)),
  };
}

/** For benchmarks (`RATE_LIMITS=off`): everything is allowed. */
export function createNoLimits(): Limits {
  return { take: () => ({ ok: true }), attempt: async () => ({ ok: true }), forgive: async () => {} };
}
