// time limit: 300 s
// Redis goes away and comes back, in every kind: hubs go on, say so in /readyz, and hear each other again by themselves (I5, I16).
// takes: 55 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  NO_SHARDED,
  openRedisCluster,
  openRedisServer,
  type RedisServer,
} from '../../scripts/lib/redis-server.ts';
import { openProxy } from '../../scripts/lib/tcp-proxy.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { consecutive } from '../testing/consecutive.ts';
import { openTestDatabase } from '../testing/database.ts';
import { readiness } from '../testing/signals.ts';
import { until } from '../testing/until.ts';

interface Kind {
  readonly url: string;
  readonly servers: readonly RedisServer[];
  /** Those whose loss is tried, one after the other. */
  losses(): Promise<readonly RedisServer[]>;
}

const single = async (parts: AsyncDisposableStack, args: readonly string[] = []): Promise<Kind> => {
  const server = parts.use(await openRedisServer(...args));
  return { url: server.url, servers: [server], losses: async () => [server] };
};
const kinds: Record<string, (parts: AsyncDisposableStack) => Promise<Kind>> = {
  'Redis, sharded': parts => single(parts),
  'Redis, classic': parts => single(parts, NO_SHARDED),
  'a Redis Cluster, sharded': parts => clustered(parts),
  'a Redis Cluster, classic': parts => clustered(parts, NO_SHARDED),
};

async function clustered(parts: AsyncDisposableStack, args: readonly string[] = []): Promise<Kind> {
  const { url, masters } = parts.use(await openRedisCluster(3, ...args));
  const slot = Number(await masters[0]?.command('CLUSTER', 'KEYSLOT', '{hub}'));
  const owner = Math.floor(slot / Math.ceil(16_384 / masters.length));
  const other = (owner + 1) % masters.length;
  return {
    ...{ url, servers: masters },
    // The one that carries our channels, and one that does not.
    losses: async () => [masters[owner] as RedisServer, masters[other] as RedisServer],
  };
}

/** Each look costs the hubs a request; and Redis servers may take long to agree that one of them is gone. */
const LOOKING = { every: 50, patience: 120_000 };

for (const [name, open] of Object.entries(kinds)) {
  const test = suite(`${name}, away and back`);
  const parts = new AsyncDisposableStack();
  let kind: Kind;
  let hubs: TestHub[];
  let ada: TestClient;
  let bob: TestClient;
  const room = 'room';

  test.before(async () => {
    kind = await open(parts);
    const database = parts.use(await openTestDatabase());
    for (const node of ['one', 'two']) {
      const env = { REDIS_URL: kind.url, NODE_NAME: node };
      // Without a poll, only a hint can bring what the other hub has.
      const hub = parts.use(await boot({ databaseUrl: database.url, env, pollMs: 600_000 }));
      hubs = [...(hubs ?? []), hub];
    }
    const [one, two] = hubs as [TestHub, TestHub];
    ada = parts.use(await connect(one.url, { token: await one.token('ada') }));
    bob = parts.use(await connect(two.url, { token: await two.token('bob') }));
    await ada.call('room:create', { id: room, title: 'Room', kind: 'public', members: ['bob'] });
    for (const client of [ada, bob]) await client.call('room:join', { room });
  });
  test.after(() => parts.disposeAsync());

  const becomes = async (what: RegExp) => {
    for (const hub of hubs)
      await until(async () => what.test((await readiness(hub)).checks.redis), String(what), LOOKING);
  };
  /** What was said while hints were lost comes with the first that is not. */
  const hear = async (from: TestClient, to: TestClient) => {
    const message = { room, text: 'x' };
    const say = () => from.call('message:send', { ...message, id: crypto.randomUUID() });
    const { seq } = await say();
    await until(
      async () => {
        if (to.events(room).some(event => event.seq >= seq)) return true;
        await say();
        return false;
      },
      `entry ${seq} on the other hub`,
      LOOKING,
    );
    consecutive(to.events(room).map(event => event.seq));
  };
  const hearEachOther = async () => {
    await hear(ada, bob);
    await hear(bob, ada);
  };
  const noErrors = () => {
    const errors = hubs.flatMap(hub => hub.complaints.filter(({ level }) => level === 'error'));
    assert.equal(errors, []);
  };

  test('listening connections that are killed, also while they subscribe again, listen again', async () => {
    await hearEachOther();
    for (let round = 0; round < 30; round++) {
      const killed = await Promise.all(
        kind.servers.map(server => server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')),
      );
      if (round === 0) assert.ok(killed.reduce((sum: number, count) => sum + Number(count), 0) >= 2);
    }
    await hearEachOther();
    await becomes(/^ok$/);
    noErrors();
  });

  test('a server that dies makes the hubs degraded yet ready, and heals when it is back', async () => {
    for (const server of await kind.losses()) {
      await server.kill();
      await becomes(/^degraded: .+; messages to other nodes take up to 2 s$/);
      for (const hub of hubs) assert.ok((await readiness(hub)).ready);
      await ada.call('message:send', { room, id: crypto.randomUUID(), text: 'while it is away' });
      await server.restart();
      await becomes(/^ok$/);
      await hearEachOther();
    }
    noErrors();
  });

  test.run();
}

const silent = suite('Redis, gone silently');

silent('connections whose other end went without a word are made anew', async () => {
  await using parts = new AsyncDisposableStack();
  const redis = parts.use(await openRedisServer());
  const proxy = parts.use(await openProxy({ host: '127.0.0.1', port: redis.port }));
  const hub = parts.use(await boot({ env: { REDIS_URL: `redis://127.0.0.1:${proxy.port}` } }));
  assert.is((await readiness(hub)).checks.redis, 'ok');
  proxy.fallSilent();
  const ok = async () => (await readiness(hub)).checks.redis === 'ok';
  await until(async () => !(await ok()), 'the silence is noticed', LOOKING);
  await until(ok, 'new connections', LOOKING);
});

silent.run();
