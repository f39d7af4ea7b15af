// Which of Socket.IO's two adapters a Redis can carry, found out by trying, and made so that nothing Redis does ends the process.
import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter';
import { ReplyError } from 'ioredis';
import type { Server } from 'socket.io';
import type { Log } from './hub/ports.ts';
import type { RedisClient, RedisClients } from './redis-clients.ts';

export interface Channels {
  /** For `io.adapter()`. */
  readonly adapter: Parameters<Server['adapter']>[0];
  readonly kind: 'sharded' | 'classic';
  publish(channel: string, text: string): Promise<unknown>;
  subscribe(channel: string, heard: (text: string) => void): Promise<void>;
}

/** What is in braces puts all channels in one slot of a cluster. */
export const CHANNEL = 'first-court{hub}';

/**
 * Sharded channels, of Redis 7 and later, stay in one part of a cluster, where others go to every node. Servers that do not have them, or
 * forbid them, get the classic adapter.
 * @throws ReplyError when neither is allowed
 */
export async function openChannels({ client, subscriber }: RedisClients, log: Log): Promise<Channels> {
  const kind = (await allowsSharded(client, subscriber)) ? 'sharded' : 'classic';
  const [speaking, listening] = [forgiving(client), guarded(lasting(subscriber), log)];
  const [event, command] =
    kind === 'sharded' ? (['smessage', 'ssubscribe'] as const) : (['message', 'subscribe'] as const);
  if (kind === 'classic') {
    // As the adapter does, which does not look at what comes of it.
    await client.publish(CHANNEL, '');
    await subscriber.psubscribe(`${CHANNEL}#/#*`);
    await subscriber.punsubscribe(`${CHANNEL}#/#*`);
  }
  return {
    kind,
    adapter:
      kind === 'sharded'
        ? createShardedAdapter(speaking, listening, { channelPrefix: CHANNEL, subscriptionMode: 'static' })
        : createAdapter(speaking, listening, { key: CHANNEL }),
    publish: (channel, text) =>
      kind === 'sharded' ? client.spublish(channel, text) : client.publish(channel, text),
    async subscribe(channel, heard) {
      subscriber.on(event, (from: string, text: string) => {
        if (from === channel) heard(text);
      });
      await listening[command](channel);
    },
  };
}

async function allowsSharded(client: RedisClient, subscriber: RedisClient): Promise<boolean> {
  try {
    await client.spublish(CHANNEL, '');
    await subscriber.ssubscribe(`${CHANNEL}#trial`);
    await subscriber.sunsubscribe(`${CHANNEL}#trial`);
    return true;
  } catch (error) {
    if (error instanceof ReplyError) return false;
    throw error;
  }
}

/** What the adapter calls without looking at the promise, whose rejection would end the process. */
const UNWATCHED = new Set<string | symbol>([
  ...['publish', 'spublish', 'subscribe', 'psubscribe', 'ssubscribe'],
  ...['unsubscribe', 'punsubscribe', 'sunsubscribe'],
]);

/** Hints that cannot be sent are dropped, and a subscription that cannot be ended now ends with its connection; `state` tells of both. */
function forgiving(client: RedisClient): RedisClient {
  return new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (!UNWATCHED.has(name)) return typeof value === 'function' ? value.bind(target) : value;
      return (...args: unknown[]) => Promise.resolve(value.apply(target, args)).catch(() => 0);
    },
  });
}

/**
 * Subscribes again after each loss of the connection to a single server. ioredis would do so too, but forgets what was not confirmed yet, and
 * rejects a promise that nobody holds when the connection ends again meanwhile. A cluster's client remembers all and rejects nothing.
 */
function lasting(subscriber: RedisClient): RedisClient {
  if (subscriber.isCluster) return subscriber;
  const wanted = {
    subscribe: new Set<string>(),
    psubscribe: new Set<string>(),
    ssubscribe: new Set<string>(),
  };
  type Command = keyof typeof wanted;
  subscriber.on('ready', () => {
    for (const [command, channels] of Object.entries(wanted) as [Command, Set<string>][]) {
      // What fails by another loss comes with the next connection; what Redis forbids, the missing beat tells.
      for (const channel of channels) subscriber[command](channel).catch(() => {});
    }
  });
  const remember = (name: string | symbol, channels: string[]) => {
    if (Object.hasOwn(wanted, name)) for (const channel of channels) wanted[name as Command].add(channel);
    const ended = String(name).replace('un', '') as Command;
    if (name !== ended && Object.hasOwn(wanted, ended))
      for (const channel of channels) wanted[ended].delete(channel);
  };
  return new Proxy(subscriber, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (!UNWATCHED.has(name)) return typeof value === 'function' ? value.bind(target) : value;
      return (...channels: (string | string[])[]) => {
        remember(name, channels.flat());
        return value.apply(target, channels);
      };
    },
  });
}

/** A packet that the adapter cannot read would throw out of the client's event, and end the process (attack 33). */
function guarded(subscriber: RedisClient, log: Log): RedisClient {
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
  return new Proxy(forgiving(subscriber), {
    get: (target, name) => (name === 'on' ? on : Reflect.get(target, name)),
  });
}
