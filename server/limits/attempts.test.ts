// The contract of attempts, on what counts them in memory and in a real Redis, and what becomes of it while Redis is away.
import { Redis } from 'ioredis';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Limits } from '../hub/ports-people.ts';
import { openTestRedis, type TestRedis } from '../testing/redis.ts';
import { attemptRates } from './attempts.ts';
import { createMemoryLimits } from './memory.ts';
import { createRedisLimits } from './redis.ts';

const test = suite('limits/attempts');
let redis: TestRedis;
let clients: Redis[];
const overRedis = (client: number) => createRedisLimits(clients[client] as Redis, createMemoryLimits());

test.before(async () => {
  redis = await openTestRedis();
  clients = [0, 1].map(() => {
    const client = new Redis(redis.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => 50,
    });
    client.on('error', () => {});
    return client;
  });
  await Promise.all(clients.map(client => new Promise(resolve => client.once('ready', resolve))));
});

test.after(async () => {
  for (const client of clients) client.disconnect();
  await redis[Symbol.asyncDispose]();
});

const { points, duration } = attemptRates['login.account'];

const drivers: [name: string, make: () => Limits][] = [
  ['memory', () => createMemoryLimits()],
  ['redis', () => overRedis(0)],
];
for (const [name, make] of drivers) {
  test(`${name}: attempts add up to a refusal that says when to come back; forgiven ones do not add up`, async () => {
    const limits = make();
    for (let n = 0; n < points * 3; n++) {
      assert.ok((await limits.attempt('login.account', 'a')).ok);
      await limits.forgive('login.account', 'a');
    }
    for (let n = 0; n < points; n++) assert.ok((await limits.attempt('login.account', 'a')).ok);
    const refused = await limits.attempt('login.account', 'a');
    assert.ok(!refused.ok && refused.retryAfterMs > 0 && refused.retryAfterMs <= duration * 1000);
    assert.ok((await limits.attempt('login.account', 'b')).ok);
    assert.ok((await limits.attempt('login.address', 'a')).ok);
  });
}

test('redis: two nodes count together, and each alone while Redis is away', async () => {
  const nodes = [overRedis(0), overRedis(1)] as const;
  for (let n = 0; n < points; n++)
    assert.ok((await nodes[n % 2 ? 0 : 1].attempt('login.account', 'both')).ok);
  for (const limits of nodes) assert.not((await limits.attempt('login.account', 'both')).ok);
  await redis.kill();
  for (const limits of nodes) {
    for (let n = 0; n < points; n++) assert.ok((await limits.attempt('login.account', 'away')).ok);
    assert.not((await limits.attempt('login.account', 'away')).ok);
  }
});

test.run();
