import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createMemoryLimits } from '../limits/memory.ts';
import { type Door, openDoor } from '../testing/door.ts';
import { assertRefused as refused } from '../testing/refusal.ts';

const test = suite<{ door: Door }>('http/guesses');
test.before(async context => {
  context.door = await openDoor();
});
test.after(async ({ door }) => door[Symbol.asyncDispose]());

test('attack 14: 1,000 guesses are cut short by 429, and the owner signs in from elsewhere meanwhile', async ({
  door,
}) => {
  const owner = { email: 'owner@example.com', password: 'correct horse' };
  await door.ask('/api/auth/register', { body: owner });
  const counts = new Map<number, number>();
  for (let batch = 0; batch < 20; batch++) {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        door.ask('/api/auth/login', {
          from: '127.0.0.66',
          body: { ...owner, password: `guess ${batch} ${n}` },
          headers: { 'x-forwarded-for': `198.51.100.${n}`, forwarded: `for=198.51.100.${n}` },
        }),
      ),
    );
    for (const answer of answers) {
      counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
      if (answer.status !== 429) continue;
      refused(answer, 429, 'rate_limited');
      assert.ok(answer.body.error.retryAfterMs > 0);
      assert.is(Number(answer.headers['retry-after']), Math.ceil(answer.body.error.retryAfterMs / 1000));
    }
  }
  assert.equal([...counts.keys()].sort(), [401, 429]);
  assert.is(counts.get(401), 10, 'only ten guesses were looked at');
  refused(await door.ask('/api/auth/login', { from: '127.0.0.66', body: owner }), 429, 'rate_limited');
  assert.is((await door.ask('/api/auth/login', { from: '127.0.0.7', body: owner })).status, 200);
});

test('attack 14: many accounts from one address are cut short too, and others at that address who sign in rightly are not', async ({
  door,
}) => {
  const statuses: number[] = [];
  for (let n = 0; n < 120; n++) {
    const body = { email: `someone${n}@example.com`, password: 'password123' };
    statuses.push((await door.ask('/api/auth/login', { from: '127.0.0.67', body })).status);
  }
  assert.is(statuses.indexOf(429), 100);
  assert.ok(statuses.slice(100).every(status => status === 429));

  const owner = { email: 'often@example.com', password: 'correct horse' };
  await door.ask('/api/auth/register', { body: owner });
  for (let n = 0; n < 15; n++)
    assert.is((await door.ask('/api/auth/login', { from: '127.0.0.68', body: owner })).status, 200);
});

test('attack 14: behind a trusted proxy, the address is what the proxy says, and nothing before it', async () => {
  await using door = await openDoor({ trustProxy: 1 });
  const body = { email: 'nobody@example.com', password: 'guess' };
  const guess = (forwarded: string) =>
    door.ask('/api/auth/login', { body, headers: { 'x-forwarded-for': forwarded } });
  for (let n = 0; n < 10; n++) refused(await guess(`10.0.0.${n}, 203.0.113.9`), 401, 'unauthenticated');
  refused(await guess('10.0.0.99, 203.0.113.9'), 429, 'rate_limited');
  refused(await guess('203.0.113.10'), 401, 'unauthenticated');
});

test('registering and guests are limited by address', async ({ door }) => {
  const guest = () => door.ask('/api/auth/guest', { from: '127.0.0.69', body: {} });
  const welcome = await Promise.all(Array.from({ length: 300 }, guest));
  assert.ok(welcome.every(answer => answer.status === 201));
  refused(await guest(), 429, 'rate_limited');
  assert.is((await door.ask('/api/auth/guest', { from: '127.0.0.70', body: {} })).status, 201);
});

test('a flood of requests from one address is answered 429, its neighbour is served', async () => {
  await using door = await openDoor({
    limits: createMemoryLimits({ 'call.address': { perSecond: 0.1, burst: 20 } }),
  });
  for (let n = 0; n < 20; n++) refused(await door.ask('/api/me'), 401, 'unauthenticated');
  const answer = await door.ask('/api/me');
  refused(answer, 429, 'rate_limited');
  assert.is(answer.headers['retry-after'], '10');
  assert.is((await door.ask('/healthz')).status, 200, 'probes are not counted');
  refused(await door.ask('/api/me', { from: '127.0.0.72' }), 401, 'unauthenticated');
});

test.run();
