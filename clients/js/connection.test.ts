// The SDK and the real hub: what a program sees of lost connections, restarts, tokens and their end.
// takes: 12 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openProxy } from '../../scripts/lib/tcp-proxy.ts';
import { withConnection } from '../../server/store/databases.ts';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { openTestDatabase } from '../../server/testing/database.ts';
import type { Gap } from './index.ts';
import { clientsOf, meet, refusal, texts, when } from './testing/people.ts';

const test = suite('connections to the hub');
let hub: TestHub;
let client: ReturnType<typeof clientsOf>;

test.before(async () => {
  hub = await boot();
  client = clientsOf(hub);
});
test.after(async () => {
  await hub?.[Symbol.asyncDispose]();
});

test('a cut connection: what was missed comes once and in order, what was written meanwhile goes out (I5, I6)', async () => {
  await using proxy = await openProxy({ host: '127.0.0.1', port: Number(new URL(hub.url).port) });
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
  await using proxy = await openProxy({ host: '127.0.0.1', port: Number(new URL(hub.url).port) });
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

test('a hub that is away is tried again and again, and the state says what is wrong and when', async () => {
  await using proxy = await openProxy({ host: '127.0.0.1', port: Number(new URL(hub.url).port) });
  proxy.cut();
  await using ada = client('ada', { url: `http://127.0.0.1:${proxy.port}` });
  const tries: number[] = [];
  ada.on('state', state => {
    if (state.status === 'connecting') tries.push(state.attempt);
    if (tries.length === 4) proxy.mend();
    if (state.status !== 'disconnected' || state.reason === 'closed') return;
    assert.equal([state.reason, state.error!.code], ['lost', 'unavailable']);
    assert.match(state.error!.message, /^No connection to http:\/\/127\.0\.0\.1:\d+: /);
    assert.ok(state.retryAt! - Date.now() <= 200);
  });
  await ada.connect();
  assert.equal(tries, [0, 1, 2, 3]);
});

test('a client stays with one user', async () => {
  await using ada = client('ada', { account: 'bob' });
  assert.is((await refusal(ada.connect())).code, 'conflict');
});

test('a call ends as it did: sent and unanswered is unknown, never sent is not_sent (I12)', async () => {
  await using proxy = await openProxy({ host: '127.0.0.1', port: Number(new URL(hub.url).port) });
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
