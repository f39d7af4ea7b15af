// The SDK and the real hub: what a program sees of lost connections, restarts, tokens and refusals.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withConnection } from '../../server/store/databases.ts';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { openTestDatabase } from '../../server/testing/database.ts';
import { openTcpProxy } from '../../server/testing/tcp-proxy.ts';
import { CallError, type ClientOptions, type Court, createClient, type Gap, type Room } from './index.ts';

const test = suite('SDK and hub');
let hub: TestHub;
let rooms = 0;

test.before(async () => {
  hub = await boot();
});
test.after(async () => {
  await hub?.[Symbol.asyncDispose]();
});

const quick = { firstMs: 20, capMs: 200 };
const client = (user: string, options: Partial<ClientOptions> = {}): Court =>
  createClient({ url: hub.url, getToken: () => hub.token(user), backoff: quick, ...options });

/** A room with both in it. */
async function meet(ada: Court, bob: Court): Promise<[Room, Room]> {
  const id = `room-${++rooms}`;
  await Promise.all([ada.connect(), bob.connect()]);
  await ada.call('room:create', { id, title: 'Room', kind: 'public' });
  const both: [Room, Room] = [ada.room(id), bob.room(id)];
  for (const room of both) await room.join();
  await when(both[0], () => both[0].snapshot.head === both[1].snapshot.head);
  return both;
}

/** Resolves as soon as `condition` holds, looking at it whenever `source` changes. */
function when(
  source: { subscribe(listener: () => void): () => void },
  condition: () => boolean,
): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (!condition()) return;
      off();
      resolve();
    };
    const off = source.subscribe(look);
    look();
  });
}

const texts = (room: Room) => room.messages.map(message => message.text);
const refusal = (promise: Promise<unknown>): Promise<CallError> =>
  promise.then(
    () => assert.unreachable('it was not refused'),
    error => {
      assert.instance(error, CallError);
      return error;
    },
  );

test('two people talk; an echo shows at once and is replaced in place', async () => {
  await using ada = client('ada');
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  const heard: string[] = [];
  const seqs: number[] = [];
  there.on('message', message => heard.push(message.text));
  there.on('event', event => seqs.push(event.seq));
  const sent = here.send('hello');
  assert.equal(
    here.messages.map(({ id, text, pending }) => [id, text, pending]),
    [[sent.id, 'hello', true]],
  );
  const second = here.send('again', { replyTo: sent.id });
  const { seq } = await second.done;
  assert.equal(texts(here), ['hello', 'again']);
  assert.ok(here.messages.every(message => !message.pending && message.seq <= seq));
  assert.is(here.messages[1]!.root, sent.id);
  await when(there, () => there.snapshot.head >= seq);
  assert.equal(heard, ['hello', 'again']);
  assert.equal(texts(there), ['hello', 'again']);
  await there.react(sent.id, '👍').done;
  await here.edit(sent.id, 'Hello').done;
  await here.pin(sent.id).done;
  const last = await here.delete(second.id).done;
  await Promise.all([here, there].map(room => when(room, () => room.snapshot.head >= last.seq)));
  assert.equal(here.messages, there.messages);
  assert.equal(here.messages[0]!.reactions, [{ emoji: '👍', users: ['bob'] }]);
  assert.ok(here.messages[0]!.editedAt && here.messages[0]!.pinned && here.messages[1]!.deletedAt);
  assert.equal(
    seqs,
    seqs.map((_, i) => seqs[0]! + i),
  );
});

test('a cut connection: what was missed comes once and in order, what was written meanwhile goes out (I5, I6)', async () => {
  await using proxy = await openTcpProxy({ host: '127.0.0.1', port: Number(new URL(hub.url).port) });
  await using ada = client('ada', { url: `http://127.0.0.1:${proxy.port}` });
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  const seqs: number[] = [];
  const gaps: Gap[] = [];
  const from = here.snapshot.head;
  here.on('event', event => seqs.push(event.seq));
  here.on('gap', gap => gaps.push(gap));
  await here.send('before').done;
  proxy.cut();
  await when(ada, () => ada.state.status === 'disconnected');
  const { state } = ada;
  assert.ok(state.status === 'disconnected' && state.reason === 'lost' && state.retryAt! <= Date.now() + 300);
  assert.is(here.snapshot.status, 'joining');
  for (let i = 0; i < 20; i++) await there.send(`missed ${i}`).done;
  const offline = [here.send('offline 1'), here.send('offline 2'), here.send('offline 3')];
  assert.is(here.messages.filter(message => message.pending).length, 3);
  proxy.mend();
  await Promise.all(offline.map(({ done }) => done));
  await when(here, () => here.snapshot.status === 'live' && here.messages.length === 24);
  assert.equal(texts(here).slice(-4), ['missed 19', 'offline 1', 'offline 2', 'offline 3']);
  assert.equal(
    seqs,
    seqs.map((_, i) => from + 1 + i),
  );
  assert.is(gaps.length, 1);
  assert.equal([gaps[0]!.recovered, gaps[0]!.reason, gaps[0]!.from], [true, 'reconnect', from + 1]);
  assert.ok(gaps[0]!.to >= from + 21);
  assert.equal(ada.outbox.entries, []);
});

test('a connection cut again and again while both write loses and repeats nothing (I1, I3, I5, I6)', async () => {
  await using proxy = await openTcpProxy({ host: '127.0.0.1', port: Number(new URL(hub.url).port) });
  await using ada = client('ada', { url: `http://127.0.0.1:${proxy.port}` });
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  const held: string[] = [];
  here.on('message', message => held.push(message.text));
  const sending: Promise<unknown>[] = [];
  for (let round = 0; round < 8; round++) {
    for (let i = 0; i < 15; i++) {
      sending.push(here.send(`ada ${round * 15 + i}`).done, there.send(`bob ${round * 15 + i}`).done);
    }
    // Somewhere in the middle of it.
    await Promise.race(sending.slice(-10));
    proxy.cut();
    await when(ada, () => ada.state.status !== 'connected');
    proxy.mend();
    await when(ada, () => ada.state.status === 'connected');
  }
  await Promise.all(sending);
  await when(here, () => here.snapshot.status === 'live' && held.length >= 240);
  for (const who of ['ada', 'bob']) {
    assert.equal(
      held.filter(text => text.startsWith(who)),
      Array.from({ length: 120 }, (_, i) => `${who} ${i}`),
    );
  }
  await when(there, () => there.snapshot.head === here.snapshot.head);
  assert.equal(here.messages, there.messages);
});

test('a hub that ends and starts again, from a backup in the end: nothing is lost, no epochs mix (I15)', async () => {
  await using database = await openTestDatabase();
  const first = await boot({ databaseUrl: database.url });
  const { port } = new URL(first.url);
  await using ada = client('ada', { url: first.url, getToken: () => first.token('ada') });
  const [here] = await meet(ada, ada);
  const gaps: Gap[] = [];
  here.on('gap', gap => gaps.push(gap));
  await here.send('one').done;
  const restart = async (old: TestHub, change: (hub: TestHub) => Promise<unknown>) => {
    await change(old);
    await old[Symbol.asyncDispose]();
    await when(ada, () => ada.state.status !== 'connected');
    return boot({ databaseUrl: database.url, env: { PORT: port } });
  };
  const second = await restart(first, async () => {});
  await here.send('two').done;
  assert.equal(texts(here), ['one', 'two']);
  assert.equal(gaps, []);
  const before = here.snapshot;
  await using _third = await restart(second, ({ databaseUrl }) =>
    withConnection(databaseUrl, sql => sql`update rooms set epoch = 'restored'`),
  );
  await when(here, () => here.snapshot.status === 'live' && here.snapshot.epoch === 'restored');
  assert.equal(gaps, [{ recovered: false, reason: 'epoch', from: before.head, to: before.head }]);
  await here.send('three').done;
  assert.equal(texts(here), ['one', 'two', 'three']);
});

test('a token is swapped on the open socket before it ends', async () => {
  const reasons: string[] = [];
  const states: string[] = [];
  let swapped = () => {};
  const twice = new Promise<void>(resolve => {
    swapped = resolve;
  });
  await using ada = client('ada', {
    getToken({ reason }) {
      reasons.push(reason);
      if (reasons.length === 4) swapped();
      return hub.token('ada', { seconds: 2 });
    },
  });
  ada.on('state', state => states.push(state.status));
  await ada.connect();
  // The third swap is longer after the start than the first token holds.
  await twice;
  assert.equal(reasons, ['connect', 'expired', 'expired', 'expired']);
  assert.equal(states, ['connecting', 'connected']);
});

test('a token that has ended is replaced at once; a bad one stops the client with a reason', async () => {
  const reasons: string[] = [];
  await using ada = client('ada', {
    getToken({ reason }) {
      reasons.push(reason);
      return hub.token('ada', { seconds: reason === 'connect' ? -60 : 60 });
    },
  });
  const welcome = await ada.connect();
  assert.equal([reasons, welcome.user.id, ada.user!.id], [['connect', 'expired'], 'ada', 'ada']);

  await using eve = client('eve', { getToken: () => 'nonsense' });
  const waiting = refusal(eve.call('room:list', {}));
  assert.is((await refusal(eve.connect())).code, 'unauthenticated');
  assert.ok(eve.state.status === 'disconnected' && eve.state.reason === 'stopped' && !eve.state.retryAt);
  assert.is((await waiting).code, 'unauthenticated');
  assert.is((await refusal(eve.call('room:list', {}))).code, 'not_sent');
});

test('a bad moment of getToken is tried again; a program that has signed out stops', async () => {
  let calls = 0;
  const warnings: Error[] = [];
  await using ada = client('ada', {
    getToken() {
      if (++calls < 3) throw new Error('the network is away');
      return hub.token('ada');
    },
  });
  ada.on('warning', warning => warnings.push(warning));
  await ada.connect();
  assert.is(warnings.length, 2);

  await using eve = client('eve', {
    getToken: () => Promise.reject(Object.assign(new Error('signed out'), { code: 'unauthenticated' })),
  });
  const error = await refusal(eve.connect());
  assert.equal([error.code, error.message], ['unauthenticated', 'signed out']);
});

test('a client stays with one user', async () => {
  await using ada = client('ada', { account: 'bob' });
  assert.is((await refusal(ada.connect())).code, 'conflict');
});

test('who is removed is told, and what they write is refused; coming back needs a new join', async () => {
  await using ada = client('ada');
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  const reasons: string[] = [];
  there.on('removed', ({ reason }) => reasons.push(reason));
  await ada.call('member:remove', { room: here.id, user: 'bob', ban: {} });
  await when(there, () => there.snapshot.status === 'removed');
  assert.match(reasons[0]!, /banned/);
  const { id, done } = there.send('but');
  assert.is((await refusal(done)).code, 'forbidden');
  assert.is(there.messages.at(-1)!.failed!.code, 'forbidden');
  assert.ok(bob.outbox.discard(id));
  assert.equal(texts(there), []);
  assert.is((await refusal(there.join())).code, 'forbidden');
});

test('a room that one may not know of is not found', async () => {
  await using ada = client('ada');
  await ada.connect();
  const room = ada.room('nowhere');
  assert.is((await refusal(room.join())).code, 'not_found');
  assert.is(room.snapshot.status, 'idle');
});

test('typing, presence, reading: the others see it', async () => {
  await using ada = client('ada');
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  assert.equal(there.snapshot.presence.map(({ user }) => user).sort(), ['ada', 'bob']);
  await bob.call('presence:set', { status: 'dnd', text: 'in a meeting' });
  await when(here, () =>
    here.snapshot.presence.some(({ user, status }) => user === 'bob' && status === 'dnd'),
  );
  there.typing();
  await when(here, () => here.snapshot.typing.includes('bob'));
  const { seq } = await there.send('hi').done;
  await when(here, () => here.snapshot.typing.length === 0 && here.snapshot.head >= seq);
  assert.equal([here.snapshot.unread, there.snapshot.unread], [1, 0]);
  here.markRead();
  assert.equal([here.snapshot.unread, here.snapshot.readSeq], [0, seq]);
  await when(there, () => there.snapshot.readers.get('ada') === seq);
  const read = () => ada.rooms().then(rooms => rooms.find(room => room.id === here.id)!.readSeq);
  assert.is(await read(), seq);
  assert.equal((await here.presence()).map(({ user }) => user).sort(), ['ada', 'bob']);
});

test('older messages are read by pages, and stay up to date in front of the others', async () => {
  await using ada = client('ada', { keepMessages: 30 });
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  const ids: string[] = [];
  for (let i = 0; i < 100; i++) {
    const { id, done } = there.send(`${i}`);
    ids.push(id);
    if (i === 99) await done;
  }
  await when(here, () => texts(here).at(-1) === '99');
  assert.is(here.messages.length, 30);
  assert.ok(here.snapshot.hasOlder);
  assert.equal(
    (await here.history({ before: here.messages[0]!.seq, limit: 2 })).map(message => message.text),
    ['68', '69'],
  );
  while (await here.loadOlder(20));
  assert.equal(
    texts(here),
    Array.from({ length: 100 }, (_, i) => `${i}`),
  );
  assert.not(here.snapshot.hasOlder);
  await there.edit(ids[0]!, 'zero').done;
  await there.send('a reply', { replyTo: ids[0]! }).done;
  await when(here, () => here.messages.length === 101);
  assert.equal([here.messages[0]!.text, here.messages[0]!.thread!.count], ['zero', 1]);
  assert.equal(
    (await here.thread(ids[0]!)).map(message => message.text),
    ['a reply'],
  );
});

test('leaving ends the frames, and joining again goes on from there', async () => {
  await using ada = client('ada');
  await using bob = client('bob');
  const [here, there] = await meet(ada, bob);
  await here.leave();
  const { seq } = await there.send('one').done;
  assert.ok(here.snapshot.status === 'idle' && here.snapshot.head < seq);
  await here.join();
  assert.equal([here.snapshot.head, texts(here)], [seq, ['one']]);
  await here.leave({ forget: true });
  assert.ok(!(await ada.rooms()).some(room => room.id === here.id));
});

test('rate limits slow the outbox down, and change no order (I6)', async () => {
  await using limited = await boot({ env: { RATE_LIMITS: 'on' } });
  await using ada = client('ada', { url: limited.url, getToken: () => limited.token('ada') });
  const [here] = await meet(ada, ada);
  const sent = Array.from({ length: 60 }, (_, i) => here.send(`${i}`).done);
  await Promise.all(sent);
  await when(here, () => here.messages.every(message => !message.pending));
  assert.equal(
    texts(here),
    sent.map((_, i) => `${i}`),
  );
});

test('what is too large for a packet is refused here, and the connection stays', async () => {
  await using ada = client('ada');
  const states: string[] = [];
  const [here] = await meet(ada, ada);
  ada.on('state', state => states.push(state.status));
  assert.is((await refusal(here.send('x'.repeat(100_000)).done)).code, 'too_large');
  assert.is((await refusal(here.send('x'.repeat(20_000)).done)).code, 'too_large');
  await here.send('fits').done;
  assert.equal(states, []);
});

test('a call ends as it did: sent and unanswered is unknown, never sent is not_sent (I12)', async () => {
  await using proxy = await openTcpProxy({ host: '127.0.0.1', port: Number(new URL(hub.url).port) });
  const ada = client('ada', { url: `http://127.0.0.1:${proxy.port}` });
  assert.is((await refusal(ada.call('room:list', {}, { timeoutMs: 20 }))).code, 'not_sent');
  await ada.connect();
  const flying = refusal(ada.call('room:list', {}));
  proxy.cut();
  assert.is((await flying).code, 'unknown');
  const giveUp = new AbortController();
  const waiting = refusal(ada.call('room:list', {}, { signal: giveUp.signal }));
  giveUp.abort();
  assert.is((await waiting).code, 'not_sent');
  const left = ada.room('lobby').send('never');
  await ada.close();
  assert.is((await refusal(left.done)).code, 'unknown');
  assert.is((await refusal(ada.room('lobby').send('late').done)).code, 'not_sent');
  assert.is((await refusal(ada.call('room:list', {}))).code, 'not_sent');
  assert.is((await refusal(ada.connect())).code, 'not_sent');
  assert.equal(ada.state, { status: 'disconnected', reason: 'closed' });
});

test('a sign-in that is withdrawn stops the client', async () => {
  const post = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${hub.url}/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ name: 'Guest' }),
    });
  const guest = await post('guest');
  const { accessToken } = (await guest.json()) as { accessToken: string };
  await using court = client('', { getToken: () => accessToken });
  await court.connect();
  await post('logout', { cookie: guest.headers.getSetCookie()[0]!.split(';')[0]! });
  await when(court, () => court.state.status === 'disconnected');
  const { state } = court;
  assert.ok(state.status === 'disconnected' && state.reason === 'stopped');
  assert.equal(state.error!.details, { end: 'revoked' });
});

test.run();
