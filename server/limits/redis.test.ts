// Limits over Redis, one server and a cluster: the contract, and what becomes of it while Redis is away.
// takes: 12 s
import { Cluster, Redis } from 'ioredis';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openRedisCluster, openRedisServer, type RedisServer } from '../../scripts/lib/redis-server.ts';
import type { Log } from '../hub/ports.ts';
import { limitsContract, type NodesUnderTest } from '../testing/contracts/limits.ts';
import { attemptRates } from './attempts.ts';
import { type FlowOverrides, flowRates } from './flows.ts';
import { createRedisLimits } from './redis.ts';

const complaints: string[] = [];
const log: Log = {
  ...{ debug: () => {}, info: () => {}, error: () => {} },
  warn: (_fields, message) => void complaints.push(message),
};

const options = { enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy: () => 50 };

/** Nodes that each have a connection of their own. */
async function nodesOn(
  makeClient: () => Redis | Cluster,
  overrides?: FlowOverrides,
): Promise<NodesUnderTest & { nodes: ReturnType<typeof createRedisLimits>[]; ready(): Promise<void> }> {
  const clients = [0, 1, 2].map(makeClient);
  for (const client of clients) client.on('error', () => {});
  const ready = async () => {
    const waiting = clients.filter(client => client.status !== 'ready');
    await Promise.all(waiting.map(client => new Promise<void>(resolve => client.once('ready', resolve))));
  };
  await ready();
  const nodes = clients.map(client => createRedisLimits(client, log, overrides));
  return {
    nodes,
    ready,
    async share() {
      for (const node of nodes) await node.share();
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.disconnect();
    },
  };
}

let redis: RedisServer;
const single = (overrides?: FlowOverrides) => nodesOn(() => new Redis(redis.url, options), overrides);

const test = suite('limits/redis');
test.before(async () => {
  redis = await openRedisServer();
});

test('while Redis is away each node counts alone, and catches up by itself after (Overload)', async () => {
  await using under = await single();
  const { points } = attemptRates['login.account'];
  const { burst } = flowRates['call.user'];
  const [first, second, third] = under.nodes as [
    (typeof under.nodes)[0],
    (typeof under.nodes)[0],
    (typeof under.nodes)[0],
  ];
  await redis.kill();
  for (const limits of [first, second]) {
    for (let n = 0; n < points; n++) assert.ok((await limits.attempt('login.account', 'away')).ok);
    assert.not((await limits.attempt('login.account', 'away')).ok);
    for (let n = 0; n < burst; n++) assert.ok(limits.take('call.user', 'away').ok);
    assert.not(limits.take('call.user', 'away').ok);
  }
  await under.share();
  await redis.restart();
  await under.ready();
  await under.share();
  // Both told what they had taken, so that one who gave nothing has nothing to give, but the call by which it learns that.
  assert.ok(third.take('call.user', 'away').ok);
  await under.share();
  assert.not(third.take('call.user', 'away').ok);
});

test('what is counted goes by itself, has the hub`s prefix, and is one key a name', async () => {
  await using under = await single();
  await redis.command('FLUSHALL');
  under.nodes[0]?.take('call.bot', 'robot', 3);
  under.nodes[1]?.take('call.bot', 'robot', 2);
  await under.share();
  await under.nodes[0]?.attempt('login.account', 'a');
  const keys = (await redis.command('KEYS', '*')) as string[];
  assert.equal(keys.sort(), ['first-court:flow:{call.bot}:robot', 'first-court:login.account:a']);
  for (const key of keys) assert.ok(Number(await redis.command('PTTL', key)) > 0, key);
  const left = Number(await redis.command('PTTL', 'first-court:flow:{call.bot}:robot'));
  assert.ok(left > 0 && left <= 1000, `five calls at five a second owe ${left} ms`);
});

test('only what was used is told, and nothing about what one socket does', async () => {
  await using under = await single();
  await redis.command('FLUSHALL');
  under.nodes[0]?.take('call.socket', 's');
  under.nodes[0]?.take('bytes.socket', 's', 1000);
  await under.share();
  assert.equal(await redis.command('KEYS', '*'), []);
});

test('a Redis that refuses to count is told of once, and calls are counted all the same', async () => {
  await using locked = await openRedisServer(
    '--rename-command',
    'EVALSHA',
    '',
    '--rename-command',
    'EVAL',
    '',
  );
  await using under = await nodesOn(() => new Redis(locked.url, options));
  const [first] = under.nodes as [(typeof under.nodes)[0]];
  complaints.length = 0;
  for (let n = 0; n < 3; n++) {
    first.take('call.bot', 'x');
    await first.share();
  }
  assert.equal(complaints, ['Redis does not count calls; each node counts alone until it does']);
  assert.ok(first.take('call.bot', 'x', 5).ok);
  assert.not(first.take('call.bot', 'x', 5).ok);
});

test.after(async () => redis[Symbol.asyncDispose]());
test.run();

limitsContract('Redis', async overrides => {
  const server = await openRedisServer();
  const under = await nodesOn(() => new Redis(server.url, options), overrides);
  return {
    ...under,
    async [Symbol.asyncDispose]() {
      await under[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
});

limitsContract('a Redis Cluster', async overrides => {
  const cluster = await openRedisCluster();
  const startup = cluster.masters.map(({ port }) => ({ host: '127.0.0.1', port }));
  const under = await nodesOn(() => new Cluster(startup, { enableOfflineQueue: false }), overrides);
  return {
    ...under,
    async [Symbol.asyncDispose]() {
      await under[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
});
