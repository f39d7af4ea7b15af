// Redis between nodes: two connections for Socket.IO's adapter, which come back by themselves and never bring the process down.
import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis, type RedisOptions } from 'ioredis';
import type { Server } from 'socket.io';
import type { Log } from './hub/ports.ts';

export interface RedisLink extends AsyncDisposable {
  /** For `io.adapter()`. */
  readonly adapter: Parameters<Server['adapter']>[0];
  /** For what else lives in Redis, such as limits. Commands fail at once while it is away. */
  readonly client: Redis;
  /** `ok`, or what is wrong. */
  state(): string;
}

/** Redis could not be used at the start. */
export class RedisError extends Error {
  readonly friendly = true;
}

const CHANNEL = 'first-court';

/** @throws RedisError, one line that names REDIS_URL */
export async function openRedis(url: string, log: Log): Promise<RedisLink> {
  const options: RedisOptions = {
    lazyConnect: true,
    connectTimeout: 3000,
    commandTimeout: 3000,
    // What cannot be said now is not worth saying later: hints are replaced by the poll of heads.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: attempt => Math.min(50 * 2 ** attempt, 2000),
  };
  const client = new Redis(url, options);
  const subscriber = client.duplicate({ commandTimeout: undefined, autoResubscribe: false } as RedisOptions);
  const close = async () => {
    for (const one of [client, subscriber]) one.disconnect();
  };
  let lastError = '';
  let known = true;
  for (const one of [client, subscriber]) {
    one.on('error', (error: Error) => {
      lastError = error.message || (error as NodeJS.ErrnoException).code || 'connection failed';
      if (known) log.warn({ err: error }, 'Redis is away; other nodes hear of us by the database alone');
      known = false;
    });
    one.on('ready', () => {
      if (!known) log.info({}, 'Redis is back');
      known = true;
    });
  }

  try {
    await Promise.all([client.connect(), subscriber.connect()]);
    await client.ping();
    const sharded = await isSharded(client);
    return {
      adapter: sharded
        ? createShardedAdapter(forgiving(client), guarded(subscriber, log), {
            channelPrefix: CHANNEL,
            subscriptionMode: 'static',
          })
        : createAdapter(forgiving(client), guarded(subscriber, log), { key: CHANNEL }),
      client,
      state: () =>
        client.status === 'ready' && subscriber.status === 'ready'
          ? 'ok'
          : `degraded: ${lastError || 'not connected'}; messages to other nodes take up to 2 s`,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw new RedisError(
      `REDIS_URL: ${explain(error as Error, lastError)}; example: REDIS_URL=redis://:password@127.0.0.1:6379`,
    );
  }
}

const SUBSCRIBE = ['subscribe', 'psubscribe', 'ssubscribe'] as const;
/** What the adapter calls without looking at the promise, whose rejection would end the process. */
const UNWATCHED = new Set<string | symbol>([
  ...['publish', 'spublish', ...SUBSCRIBE],
  ...['unsubscribe', 'punsubscribe', 'sunsubscribe'],
]);

/** Hints that cannot be sent are dropped, and a subscription that cannot be ended now ends with its connection; `state` tells of both. */
function forgiving(client: Redis): Redis {
  return new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (!UNWATCHED.has(name)) return typeof value === 'function' ? value.bind(target) : value;
      return (...args: unknown[]) => Promise.resolve(value.apply(target, args)).catch(() => 0);
    },
  });
}

/**
 * The adapter's subscriptions, made again after every reconnect. ioredis would do so too, but a connection that ends before the answer
 * makes it forget them for good, and rejects a promise that nobody holds, which ends the process.
 */
function keepSubscriptions(subscriber: Redis): Redis {
  const kept = new Set<() => Promise<unknown>>();
  subscriber.on('ready', () => {
    for (const again of kept) void again();
  });
  const forgiven = forgiving(subscriber);
  return new Proxy(forgiven, {
    get(target, name) {
      const call = Reflect.get(target, name);
      if (!(SUBSCRIBE as readonly unknown[]).includes(name)) return call;
      return (...args: unknown[]) => {
        const again = () => call(...args);
        kept.add(again);
        return again();
      };
    },
  });
}

/** A packet that the adapter cannot read would throw out of the client's event, and end the process (attack 33). */
function guarded(subscriber: Redis, log: Log): Redis {
  const on = (event: string, listener: (...args: unknown[]) => void) => {
    if (!event.includes('message')) return subscriber.on(event as never, listener as never);
    return subscriber.on(
      event as never,
      ((...args: unknown[]) => {
        try {
          listener(...args);
        } catch (error) {
          log.warn({ err: error }, 'a packet from Redis could not be read; it was dropped');
        }
      }) as never,
    );
  };
  return new Proxy(keepSubscriptions(subscriber), {
    get: (target, name) => (name === 'on' ? on : Reflect.get(target, name)),
  });
}

/** Sharded channels spread over a cluster, and are there from Redis 7 on. */
async function isSharded(client: Redis): Promise<boolean> {
  const version = /redis_version:(\d+)/.exec(await client.info('server'))?.[1];
  return Number(version) >= 7;
}

function explain(error: Error, last: string): string {
  const said = `${error.message} ${last}`;
  if (/NOAUTH|WRONGPASS|ERR AUTH|invalid password/i.test(said))
    return 'the server asks for another user name or password';
  if (/ENOTFOUND|EAI_AGAIN/.test(said)) return 'there is no such host';
  if (/ECONNREFUSED|ETIMEDOUT|ECONNRESET|closed|Stream/i.test(said))
    return `nothing answers there as Redis (${last || error.message})`;
  return last || error.message;
}
