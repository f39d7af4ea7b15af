// Attempts counted for all nodes together, in Redis; while it is away, each node counts in its own memory.
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Limits } from '../hub/ports-people.ts';
import { createAttempts } from './attempts.ts';

/**
 * @param flows how fast calls may come, which each node counts alone: it is decided in the path of every call, without waiting for
 *   another machine, so a person who spreads over n nodes may call n times as fast
 */
export function createRedisLimits(client: Redis, flows: Pick<Limits, 'take'>): Limits {
  return {
    take: flows.take,
    ...createAttempts(
      (name, rate) =>
        new RateLimiterRedis({
          storeClient: client,
          keyPrefix: `first-court:${name}`,
          insuranceLimiter: new RateLimiterMemory(rate),
          ...rate,
        }),
    ),
  };
}
