// Redis between nodes: carries Socket.IO's adapter, knows whether hints get through, comes back by itself and never brings the process down.
import { randomUUID } from 'node:crypto';
import type { Log } from './hub/ports.ts';
import { CHANNEL, type Channels, openChannels } from './redis-adapter.ts';
import type { RedisAddress } from './redis-address.ts';
import { connectRedis, type RedisClient, type RedisClients } from './redis-clients.ts';
import { refusal } from './redis-refusal.ts';

export interface RedisLink extends AsyncDisposable {
  readonly adapter: Channels['adapter'];
  readonly kind: Channels['kind'];
  /** For what else lives in Redis, such as limits. Commands fail at once while it is away. */
  readonly client: RedisClient;
  /** `ok`, or what is wrong. */
  state(): string;
}

/** Milliseconds between two beats, without a beat until it counts as lost, and until the connections are made anew. */
const BEAT = 1000;
const LOST = 2500;
const REVIVE = 6000;

/** @throws RedisError, one line that names REDIS_URL */
export async function openRedis(address: RedisAddress, log: Log): Promise<RedisLink> {
  await using parts = new AsyncDisposableStack();
  const clients = parts.use(await connectRedis(address));
  try {
    await tryLimits(clients.client);
    const channels = await openChannels(clients, log);
    const watch = parts.use(await watchLink(clients, channels, log));
    const open = parts.move();
    return {
      adapter: channels.adapter,
      kind: channels.kind,
      client: clients.client,
      state: watch.state,
      [Symbol.asyncDispose]: () => open.disposeAsync(),
    };
  } catch (error) {
    throw refusal(error as Error);
  }
}

/** What limits do, so that a user who may not is told of now. */
async function tryLimits(client: RedisClient): Promise<void> {
  const script = `
redis.call('SET', KEYS[1], 0, 'PX', 1000)
redis.call('INCRBY', KEYS[1], 1)
redis.call('EXPIRE', KEYS[1], 1)
return redis.call('PTTL', KEYS[1])`;
  client.defineCommand('courtTrial', { lua: script, numberOfKeys: 1 });
  const trying = client as unknown as { courtTrial(key: string): Promise<unknown> };
  // The first time as a text, then by its hash.
  for (let n = 0; n < 2; n++) await trying.courtTrial(`first-court:trial:${randomUUID()}`);
}

/**
 * A node says something to itself by way of Redis all the time, and hears it back: so it knows that hints go through, even on a connection
 * whose other end went silently, and makes the connections anew when they do not.
 */
async function watchLink(clients: RedisClients, channels: Channels, log: Log) {
  const { client, subscriber, isCluster } = clients;
  const channel = `${CHANNEL}#beat#${randomUUID()}`;
  let heardAt = performance.now();
  let revivedAt = heardAt;
  let broken = '';
  let well = true;
  let closed = false;
  await channels.subscribe(channel, () => {
    heardAt = performance.now();
  });

  const silence = () => performance.now() - heardAt;
  const state = () => {
    const connected = client.status === 'ready' && subscriber.status === 'ready';
    if (connected && !broken && silence() < LOST) return 'ok';
    return `degraded: ${broken || (connected ? 'hints do not get through' : 'not connected')}; messages to other nodes take up to 2 s`;
  };
  const look = () => {
    if (closed) return;
    const wasWell = well;
    well = state() === 'ok';
    if (wasWell && !well)
      log.warn({ state: state() }, 'Redis is away; other nodes hear of us by the database alone');
    if (!wasWell && well) log.info({}, 'Redis is back');
  };
  for (const one of [client, subscriber]) {
    one.on('error', (error: Error) => {
      broken = error.message || (error as NodeJS.ErrnoException).code || 'the connection failed';
      look();
    });
  }

  const beat = async () => {
    try {
      await channels.publish(channel, '');
      const info = isCluster ? String(await client.cluster('INFO')) : '';
      broken = /cluster_state:fail/.test(info) ? 'the cluster does not serve (cluster_state:fail)' : '';
    } catch (error) {
      broken = (error as Error).message;
    }
    look();
    if (Math.min(silence(), performance.now() - revivedAt) < REVIVE) return;
    revivedAt = performance.now();
    for (const one of [client, subscriber]) if (one.status === 'ready') one.disconnect(true);
  };
  let timer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    await beat();
    if (!closed) timer = setTimeout(run, BEAT);
  };
  void run();
  return {
    state,
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
