// What hubs tell each other, as people see it on real sockets: the same on one hub alone and on two over any kind of Redis.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Push } from '#shared/protocol/pushes.ts';
import { freePort, startHub } from '../../../scripts/hub-process.ts';
import { boot, TEST_SECRET, type TestHub } from '../boot.ts';
import { connect, type TestClient } from '../client.ts';
import { consecutive } from '../consecutive.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { changes, post } from '../signals.ts';
import { limitSignals } from './signal-limits.ts';

export interface SignalsUnderTest {
  readonly hubs: 1 | 2;
  /** What leads the hubs to each other. Returns settings for each of them. */
  open(parts: AsyncDisposableStack): Promise<Record<string, string>>;
}

/** With the polls as good as switched off, what arrives came by a hint. */
const NEVER = 600_000;
/** Longer than the word of a node that is gone holds (I11). */
const LEASE = 45_000;

/** Runs the suite. */
export function signalsContract(driver: string, { hubs: count, open }: SignalsUnderTest): void {
  const test = suite(`signals on ${driver}`);
  const parts = new AsyncDisposableStack();
  const clock = { ahead: 0 };
  let env: Record<string, string>;
  let database: TestDatabase;
  let hubs: TestHub[];
  let ada: TestClient;
  let bob: TestClient;
  let room: string;

  const on = async (hub: TestHub | undefined, id: string) => {
    const there = hub as TestHub;
    return connect(there.url, { token: await there.token(id) });
  };
  const start = (amount: number, settings: Record<string, string> = {}) =>
    Promise.all(
      Array.from({ length: amount }, (_, n) =>
        boot({
          databaseUrl: database.url,
          env: { ...env, NODE_NAME: `node-${crypto.randomUUID().slice(0, 8)}-${n}`, ...settings },
          ...{ pollMs: NEVER, presenceGrace: 1500, now: () => Date.now() + clock.ahead },
        }),
      ),
    );
  const near = () => hubs[0] as TestHub;
  const far = () => hubs.at(-1) as TestHub;
  const send = (client: TestClient, text: string) =>
    client.call('message:send', { room, id: crypto.randomUUID(), text });

  test.before(async () => {
    env = await open(parts);
    database = parts.use(await openTestDatabase());
    hubs = await start(count);
    for (const hub of hubs) parts.use(hub);
    ada = parts.use(await on(near(), 'ada'));
    bob = parts.use(await on(far(), 'bob'));
  });
  test.before.each(async () => {
    room = (await ada.call('room:create', { title: 'Room', kind: 'public' })).room.id;
    await ada.call('room:join', { room });
    await bob.call('room:join', { room });
  });
  test.after(() => parts.disposeAsync());

  test('messages of both hubs arrive on both, in one order (I4)', async () => {
    await Promise.all(Array.from({ length: 200 }, (_, i) => send(i % 2 ? ada : bob, `${i}`)));
    const messages = (client: TestClient) =>
      client.events(room).filter(event => event.type === 'message.created');
    for (const client of [ada, bob]) await client.until(() => messages(client).length === 200);
    assert.equal(
      messages(ada).map(event => event.id),
      messages(bob).map(event => event.id),
    );
    consecutive(ada.events(room).map(event => event.seq));
  });

  test('a person is there while one device is, and gone when the grace after the last has passed (I11)', async () => {
    const phone = await on(near(), 'cleo');
    await phone.call('room:join', { room });
    await using laptop = await on(far(), 'cleo');
    for (const client of [ada, bob]) await client.until(() => changes(client, 'cleo').length === 1);
    await phone[Symbol.asyncDispose]();
    await laptop.call('presence:set', { status: 'away' });
    for (const client of [ada, bob]) await client.until(() => changes(client, 'cleo').length === 2);
    await laptop[Symbol.asyncDispose]();
    for (const client of [ada, bob]) await client.until(() => changes(client, 'cleo').length === 3);
    for (const client of [ada, bob]) assert.equal(changes(client, 'cleo'), ['active', 'away', 'offline']);
  });

  test('a reload, also to another hub, does not flicker', async () => {
    const before = await on(near(), 'dora');
    await before.call('room:join', { room });
    for (const client of [ada, bob]) await client.until(() => changes(client, 'dora').length === 1);
    await before[Symbol.asyncDispose]();
    await using after = await on(far(), 'dora');
    await after.call('room:join', { room });
    await after.call('presence:set', { status: 'dnd', text: 'In court', emoji: '⚖️' });
    for (const client of [ada, bob]) {
      await client.until(() => changes(client, 'dora').length === 2);
      assert.equal(changes(client, 'dora'), ['active', 'dnd']);
      const { presence } = await client.call('presence:get', { users: ['dora'] });
      assert.equal([presence[0]?.status, presence[0]?.text, presence[0]?.emoji], ['dnd', 'In court', '⚖️']);
    }
  });

  test('who is invisible looks offline everywhere, and still hears', async () => {
    await using ghost = await on(far(), 'ghost');
    await ghost.call('room:join', { room });
    for (const client of [ada, bob]) await client.until(() => changes(client, 'ghost').at(-1) === 'active');
    await ghost.call('presence:set', { status: 'invisible' });
    for (const client of [ada, bob]) await client.until(() => changes(client, 'ghost').at(-1) === 'offline');
    const { presence } = await ada.call('presence:get', { room });
    assert.equal(presence.map(one => one.user).sort(), ['ada', 'bob']);
    const { seq } = await send(ada, 'x');
    await ghost.until(() => ghost.events(room).some(event => event.seq === seq));
  });

  test('typing and reading are seen on the other side', async () => {
    bob.socket.emit('typing', { room, on: true });
    assert.equal(await ada.push('typing', push => push.room === room), { room, user: 'bob', on: true });
    bob.socket.emit('typing', { room, on: false });
    await ada.push('typing', push => push.room === room && !push.on);
    const { seq } = await send(ada, 'read me');
    await bob.call('read:mark', { room, seq });
    assert.equal(await ada.push('read', push => push.room === room), { room, user: 'bob', seq });
    assert.not(
      bob.pushes.some(
        ({ payload }) => (payload as Push<'read'>).room === room && 'seq' in (payload as object),
      ),
    );
  });

  test('signing out on one hub ends the sockets on the other, by a hint (attack 12)', async () => {
    const { accessToken } = await post(near(), '/api/auth/guest', { name: 'Brief' });
    await using there = await connect(far().url, { token: accessToken });
    await post(near(), '/api/auth/logout', {}, accessToken);
    assert.equal(await there.push('session:end'), { code: 'revoked', reconnect: false });
  });

  test('an account that is disabled on one hub is out on the other, by a hint (attack 12)', async () => {
    await using there = await on(far(), 'unwanted');
    const token = await near().token('admin', { role: 'admin' });
    await using admin = await connect(near().url, { token });
    await admin.call('user:disable', { user: 'unwanted' });
    assert.equal(await there.push('session:end'), { code: 'revoked', reconnect: false });
  });

  test('a bot whose token is renewed on one hub is out with the old one on the other', async () => {
    const admin = await near().token('admin', { role: 'admin' });
    const { token } = await post(near(), '/api/auth/bots', { name: 'Weather', id: 'weather' }, admin);
    await using old = await connect(far().url, { token });
    const renewed = await post(near(), '/api/auth/bots', { name: 'Weather', id: 'weather' }, admin);
    assert.is((await old.push('session:end')).code, 'revoked');
    await using fresh = await connect(far().url, { token: renewed.token });
    assert.ok(fresh.socket.connected);
  });

  limitSignals(test, settings => start(count, settings));

  if (count === 2) {
    test('a node that comes later learns who is there', async () => {
      const [third] = (await start(1)) as [TestHub];
      await using eve = await on(third, 'eve');
      const joined = await eve.call('room:join', { room });
      const there = (joined.presence as { user: string }[]).map(one => one.user);
      if (!there.includes('ada')) await eve.until(() => changes(eve, 'ada').at(-1) === 'active');
      await third[Symbol.asyncDispose]();
    });

    test('who was on a hub that was killed is no ghost for longer than 45 s (I11)', async () => {
      await using killed = await startHub({
        ...{ ...env, PORT: await freePort(), DATABASE_URL: database.url, NODE_NAME: 'killed' },
        ...{ ENVIRONMENT: 'test', JWT_SECRET: TEST_SECRET, LOG_LEVEL: 'silent', LOAD_SHEDDING: 'off' },
      });
      await using lost = await connect(killed.url, { token: await near().token('lost') });
      await lost.call('room:join', { room });
      for (const client of [ada, bob]) await client.until(() => changes(client, 'lost').at(-1) === 'active');
      await killed.end('SIGKILL');
      clock.ahead += LEASE;
      for (const client of [ada, bob]) await client.until(() => changes(client, 'lost').at(-1) === 'offline');
    });
  }

  test.run();
}
