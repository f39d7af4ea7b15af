// Limits counted for all nodes together, in Redis; while it is away, each node counts in its own memory.
import { type Cluster, type Redis, ReplyError } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Log } from '../hub/ports.ts';
import type { FlowLimit, Limits } from '../hub/ports-people.ts';
import { createAttempts } from './attempts.ts';
import { createFlows, type FlowOverrides } from './flows.ts';
import { createSharedBuckets, type Ledger } from './shared-buckets.ts';

export interface RedisLimits extends Limits {
  /** Evens out with the other nodes how fast calls came, and never rejects. Called a few times a second, one after the other. */
  share(): Promise<void>;
}

/** What one socket does happens on one node. */
const SHARED = [
  'call.user',
  'call.search',
  'call.bot',
  'call.hook',
  'call.room',
  'call.address',
  'handshake.address',
] as const;

/** A key owes as long as it lives: no number to store, and nothing to clean up. Returns the milliseconds that each key now has. */
const OWE = `
local owed = {}
for i, key in ipairs(KEYS) do
  owed[i] = math.max(redis.call('PTTL', key), 0) + tonumber(ARGV[i])
  redis.call('SET', key, '', 'PX', owed[i])
end
return owed`;

interface WithOwe {
  courtOwe(count: number, ...keysAndMs: (string | number)[]): Promise<number[]>;
}

/**
 * Calls are decided without waiting: see createSharedBuckets for how far the nodes together may go over a rate.
 * @param client may be a cluster: the keys of a limit are in one slot
 */
export function createRedisLimits(client: Redis | Cluster, log: Log, overrides?: FlowOverrides): RedisLimits {
  client.defineCommand('courtOwe', { lua: OWE });
  const ledger =
    (limit: FlowLimit): Ledger =>
    told => {
      const keys = [...told.keys()].map(key => `first-court:flow:{${limit}}:${key}`);
      return (client as unknown as WithOwe).courtOwe(keys.length, ...keys, ...told.values());
    };
  const local = createFlows(overrides);
  const shared = Object.fromEntries(
    SHARED.map(limit => [limit, createSharedBuckets(local[limit], ledger(limit))]),
  );
  let counted = true;

  return {
    take: (limit, key, cost = 1) => (shared[limit] ?? local[limit]).take(key, cost),
    ...createAttempts(
      (name, rate) =>
        new RateLimiterRedis({
          storeClient: client,
          keyPrefix: `first-court:${name}`,
          insuranceLimiter: new RateLimiterMemory(rate),
          ...rate,
        }),
    ),
    async share() {
      const outcomes = await Promise.allSettled(Object.values(shared).map(buckets => buckets.share()));
      const refused = outcomes.find(({ status }) => status === 'rejected') as
        | PromiseRejectedResult
        | undefined;
      // That Redis is away is told by the connection; here it is there, and does not do as it is asked.
      if (counted && refused?.reason instanceof ReplyError)
        log.warn({ err: refused.reason }, 'Redis does not count calls; each node counts alone until it does');
      counted = refused === undefined;
    },
  };
}
