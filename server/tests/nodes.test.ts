// Several nodes behave as one: at once with Redis, within the poll without it, and never wrong (I4, I5, I7, I9, I11).
import { Redis } from 'ioredis';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openRedisServer, type RedisServer } from '../../scripts/lib/redis-server.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { consecutive } from '../testing/consecutive.ts';
import { openTestDatabase, type TestDatabase } from '../testing/database.ts';
import { readiness } from '../testing/signals.ts';

const test = suite('nodes');
let database: TestDatabase;
let redis: RedisServer;
let nodes: TestHub[];
let ada: TestClient;
let bob: TestClient;
let room: string;

const uuid = () => crypto.randomUUID();
const send = (client: TestClient, text: string) => client.call('message:send', { room, id: uuid(), text });
/** With the poll as good as switched off, what arrives came by a hint. */
const node = (name: string, pollMs = 600_000) =>
  boot({
    databaseUrl: database.url,
    env: { REDIS_URL: redis.url, NODE_NAME: name },
    pollMs,
    presenceGrace: 500,
  });
const on = async (hub: TestHub | undefined, id: string) =>
  connect((hub as TestHub).url, { token: await (hub as TestHub).token(id) });

test.before(async () => {
  database = await openTestDatabase();
  redis = await openRedisServer();
  nodes = await Promise.all([node('one'), node('two')]);
  [ada, bob] = (await Promise.all([on(nodes[0], 'ada'), on(nodes[1], 'bob')])) as [TestClient, TestClient];
});

test.before.each(async () => {
  room = (await ada.call('room:create', { title: 'Room', kind: 'public' })).room.id;
  await ada.call('room:join', { room });
  await bob.call('room:join', { room });
});

test.after(async () => {
  for (const client of [ada, bob]) await client[Symbol.asyncDispose]();
  for (const hub of nodes) await hub[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

test('what is acknowledged on one node is there for the next call on another (I7, I8)', async () => {
  for (let i = 0; i < 20; i++) {
    const first = await send(ada, 'ping');
    const { messages } = await bob.call('messages:read', { room, limit: 1 });
    assert.is(messages[0]?.seq, first.seq);
    const second = await send(bob, 'pong');
    assert.ok(second.seq > first.seq);
  }
});

test('a kick on one node ends the stay on another, at the entry (I9)', async () => {
  const stream = Promise.all(Array.from({ length: 50 }, (_, i) => send(ada, `${i}`)));
  const { seq } = await ada.call('member:remove', { room, user: 'bob' });
  await Promise.all([stream, ...Array.from({ length: 50 }, (_, i) => send(ada, `after ${i}`))]);
  await bob.push('room:removed', push => push.room === room);
  assert.is(bob.events(room).at(-1)?.seq, seq);
  consecutive(bob.events(room).map(event => event.seq));
});

test('a bot on one node answers who calls on another, and writes before their eyes', async () => {
  const [, two] = nodes as [TestHub, TestHub];
  await using bot = await connect(two.url, { token: await two.token('bot', { role: 'bot' }) });
  await bot.call('command:register', { commands: [{ name: 'time', description: 'What time it is' }] });
  await ada.call('member:add', { room, user: 'bot' });
  await bot.push('room:added', push => push.room === room);
  await bot.call('room:join', { room });
  const id = uuid();
  const answered = ada.call('command:run', { room, id, command: 'time', text: 'here' });
  assert.is((await bot.push('command')).id, id);
  await bot.call('command:ack', { id, text: 'Late' });
  assert.equal(await answered, { id, bot: 'bot', text: 'Late' });
  await bot.call('command:respond', { id, text: 'Very late' });
  assert.is((await ada.push('message:ephemeral')).text, 'Very late');
  const draft = { room, id: uuid(), text: 'It is gett' };
  await bot.call('message:draft', draft);
  assert.equal(await ada.push('message:draft'), { ...draft, by: 'bot', at: 0 });
});

test('a forged hint is dropped (attack 33)', async () => {
  const forged = [{ room, epoch: 'x', head: 1e6, events: [] }];
  const [one] = nodes as [TestHub];
  const attacker = new Redis(redis.url);
  // As the classic and the sharded adapter of another node would write it.
  const packet = JSON.stringify({
    uid: 'evil',
    type: 6,
    data: ['hint', JSON.stringify(['log', forged]), 'signature'],
  });
  await attacker.publish('first-court{hub}-request#/#', packet);
  await attacker.call(
    'SPUBLISH',
    'first-court{hub}#/#',
    JSON.stringify({
      uid: 'evil',
      nsp: '/',
      type: 5,
      data: { packet: ['hint', JSON.stringify(['log', forged]), 'x'] },
    }),
  );
  attacker.disconnect();
  const { seq } = await send(bob, 'still right');
  await ada.until(() => ada.events(room).at(-1)?.seq === seq);
  consecutive(ada.events(room).map(event => event.seq));
  assert.not(ada.pushes.some(push => push.name === 'resync'));
  assert.not(one.complaints.some(complaint => complaint.level === 'error'));
});

test('without Redis the nodes go on, slower, and are fast again when it is back', async () => {
  const polled = await Promise.all([node('four', 300), node('five', 300)]);
  await using cleo = await on(polled[0], 'cleo');
  await using dan = await on(polled[1], 'dan');
  for (const client of [cleo, dan]) await client.call('room:join', { room });
  await redis.kill();
  const lost = await send(cleo, 'without redis');
  await dan.until(() => dan.events(room).some(event => event.seq === lost.seq));
  const { ready, checks } = await readiness(polled[0] as TestHub);
  assert.ok(ready);
  assert.match(checks.redis, /^degraded: /);

  await redis.restart();
  for (const hub of nodes) while ((await readiness(hub)).checks.redis !== 'ok');
  // These two do not poll: only a hint can bring it, and the gap it left is read from the database.
  const back = await send(ada, 'back');
  await bob.until(() => bob.events(room).at(-1)?.seq === back.seq);
  consecutive(bob.events(room).map(event => event.seq));
  for (const hub of polled) await hub[Symbol.asyncDispose]();
});

test('a node can close while Redis does not answer (I16)', async () => {
  await using brief = await openRedisServer();
  const hub = await boot({ databaseUrl: database.url, env: { REDIS_URL: brief.url } });
  const admin = new Redis(brief.url);
  await admin.call('CLIENT', 'PAUSE', '3000', 'ALL');
  // What was on its way is rejected; a rejection that nobody catches would end this very process.
  await hub[Symbol.asyncDispose]();
  await new Promise(resolve => setImmediate(resolve));
  admin.disconnect();
});

test.run();
