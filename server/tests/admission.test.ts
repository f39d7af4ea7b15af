// A node that cannot keep up refuses what is missed least, in that order, for certain, and keeps its promises on the rest (guarantees, "Overload").
// places: 3
// takes: 19 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallName } from '#shared/protocol/calls.ts';
import type { Reply, WireError } from '#shared/protocol/errors.ts';
import { createClient } from '../../clients/js/index.ts';
import type { Load } from '../hub/ports.ts';
import { withConnection } from '../store/databases.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { until } from '../testing/until.ts';

const test = suite('admission');
const calm: Load = { loopDelayMs: 0, memory: 0.1 };
const late = (loopDelayMs: number): Load => ({ ...calm, loopDelayMs });
const uuid = () => crypto.randomUUID();

/** A hub whose process says of its load what the test wants; the queue of its log writer is what it is. */
async function bootPressed() {
  const state = { load: calm };
  const hub = await boot({ load: () => state.load });
  const person = async (id: string) => connect(hub.url, { token: await hub.token(id) });
  const press = async (load: Load, level: number) => {
    state.load = load;
    await reached(hub, level);
  };
  return { hub, person, press, [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose]() };
}

const reached = ({ hub }: TestHub, level: number) =>
  until(
    () => hub.pressure.level === level,
    () => `level ${level}, it is ${hub.pressure.describe()}`,
  );

const ask = (client: TestClient, name: CallName, input: object): Promise<Reply<unknown>> =>
  client.socket.timeout(30_000).emitWithAck(name, input);

function assertShed(error: Pick<WireError, 'code' | 'retryAfterMs'> | undefined): void {
  assert.is(error?.code, 'unavailable');
  assert.ok((error?.retryAfterMs ?? 0) >= 1000 && (error?.retryAfterMs ?? 0) < 3000);
}

/** The whole log of a room: dense, and no id twice (I3, I4). */
async function logOf(client: TestClient, room: string): Promise<Map<string, number>> {
  const log = new Map<string, number>();
  for (let after = 0; ; ) {
    const { events } = await client.call('events:read', { room, after, limit: 500 });
    if (events.length === 0) return log;
    for (const { id, seq } of events) {
      assert.is(seq, ++after);
      assert.not(log.has(id));
      log.set(id, seq);
    }
  }
}

test('typing goes first, then backfill, joins and handshakes, then sends; moderation and sessions never', async () => {
  await using pressed = await bootPressed();
  const { hub, person, press } = pressed;
  await using ada = await person('ada');
  await using bob = await person('bob');
  const { id: room } = (await ada.call('room:create', { title: 'Room', kind: 'public' })).room;
  for (const client of [ada, bob]) await client.call('room:join', { room });
  const token = await hub.token('ada');

  const steps: { load: Load; level: number; says: string }[] = [
    { load: calm, level: 0, says: 'ok' },
    { load: late(210), level: 1, says: 'shedding typing' },
    { load: late(230), level: 2, says: 'shedding typing, AI and search' },
    { load: { ...calm, memory: 0.865 }, level: 3, says: 'shedding typing, AI and search, backfill' },
    { load: { ...calm, memory: 0.895 }, level: 4, says: 'shedding typing, AI and search, backfill, joins' },
    {
      load: { ...calm, memory: 0.95 },
      level: 5,
      says: 'shedding typing, AI and search, backfill, joins, sends',
    },
    { load: calm, level: 0, says: 'ok' },
  ];
  for (const { load, level, says } of steps) {
    await press(load, level);
    const expect = async (from: number, name: CallName, input: object) => {
      const reply = await ask(ada, name, input);
      assert.is(reply.ok, level < from, `${name} at level ${level}: ${JSON.stringify(reply)}`);
      if (!reply.ok) assertShed(reply.error);
    };
    await expect(1, 'typing', { room, on: true });
    await expect(3, 'events:read', { room, after: 0 });
    await expect(3, 'messages:read', { room });
    await expect(4, 'room:join', { room });
    const door = await connect(hub.url, { token }).catch(error => error.data as WireError);
    if ('socket' in door) await door[Symbol.asyncDispose]();
    else assertShed(door);
    assert.is('socket' in door, level < 4);
    await expect(5, 'message:send', { room, id: uuid(), text: `${level}` });
    await expect(6, 'member:mute', { room, user: 'bob', until: null });
    await expect(6, 'session:refresh', { token });

    // A database that was slow with these may have pressed it further, for a second.
    await reached(hub, level);
    const ready = await fetch(`${hub.url}/readyz`);
    const { checks } = (await ready.json()) as { checks: { load: string } };
    assert.equal([ready.status, checks.load], [200, says]);
  }
  await ada.call('member:remove', { room, user: 'bob' });
  await bob.push('room:removed');
});

test('under pressure a short way back is still served, a long one waits', async () => {
  await using pressed = await bootPressed();
  await using ada = await pressed.person('ada');
  await using bob = await pressed.person('bob');
  const { id: room } = (await ada.call('room:create', { title: 'Room', kind: 'public' })).room;
  const { epoch } = await ada.call('room:join', { room });
  await bob.call('room:join', { room });
  const texts = Array.from({ length: 150 }, (_, i) => ({ room, id: uuid(), text: `${i}` }));
  await Promise.all(texts.map(message => ada.call('message:send', message)));
  const { head } = await bob.call('room:join', { room });
  await pressed.press(late(260), 3);
  assertShed(await bob.refused('room:join', { room, after: { epoch, seq: head - 120 } }));
  const joined = await bob.call('room:join', { room, after: { epoch, seq: head - 20 } });
  assert.is(joined.events.length, 20);
});

test('a database that holds still makes the queue long: what waits is kept, what is refused never appears (I1-I4)', async () => {
  await using pressed = await bootPressed();
  const { hub } = pressed;
  await using ada = await pressed.person('ada');
  await using bob = await pressed.person('bob');
  const { id: room } = (await ada.call('room:create', { title: 'Room', kind: 'public' })).room;
  for (const client of [ada, bob]) await client.call('room:join', { room });
  const replies = new Map<string, Reply<unknown>>();
  const send = async (client: TestClient) => {
    const id = uuid();
    const reply = await ask(client, 'message:send', { room, id, text: id });
    replies.set(id, reply);
    return reply;
  };

  const waiting: Promise<Reply<unknown>>[] = [];
  const [muted] = await withConnection(hub.databaseUrl, sql =>
    sql.begin(async sql => {
      await sql`lock table events in access exclusive mode`;
      waiting.push(...Array.from({ length: 60 }, () => send(bob)));
      await reached(hub, 5);
      for (const reply of await Promise.all(Array.from({ length: 60 }, () => send(bob)))) {
        assertShed(reply.ok ? undefined : reply.error);
      }
      assert.is((await fetch(`${hub.url}/readyz`)).status, 200);
      // What keeps order in a room joins the queue all the same.
      const muted = ask(ada, 'member:mute', { room, user: 'bob', until: null });
      return [muted];
    }),
  );
  assert.is((await muted)?.ok, true);
  await Promise.all(waiting);
  await reached(hub, 0);
  assert.is((await send(bob)).ok, true);

  const log = await logOf(ada, room);
  const accepted = [...replies].filter(([, reply]) => reply.ok);
  assert.is(accepted.length, waiting.length + 1);
  for (const [id, reply] of replies) {
    assert.is(log.get(id), reply.ok ? (reply.data as { seq: number }).seq : undefined);
  }
  await bob.until(() => bob.events(room).at(-1)?.seq === log.size);
});

test('our own client keeps what was refused, and sends it in order when the load is over (I6, I12)', async () => {
  await using pressed = await bootPressed();
  const { hub, press } = pressed;
  await using court = createClient({ url: hub.url, getToken: () => hub.token('ada') });
  await court.connect();
  const room = court.room((await court.call('room:create', { title: 'Room', kind: 'public' })).room.id);
  await room.join();
  await press({ ...calm, memory: 0.95 }, 5);
  const began = performance.now();
  const sent = Array.from({ length: 20 }, (_, i) => room.send(`${i}`).done);
  // The first one has been refused when the hub has heard the call after it.
  await court.call('session:refresh', { token: await hub.token('ada') });
  await press(calm, 0);
  const seqs = (await Promise.all(sent)).map(({ seq }) => seq);
  assert.equal(
    seqs,
    seqs.toSorted((a, b) => a - b),
  );
  assert.ok(performance.now() - began >= 1000, 'it waited as long as it was told to');
});

test('our own client that is turned away comes back when it was told to, however often it was', async () => {
  await using pressed = await bootPressed();
  const { hub, press } = pressed;
  await press({ ...calm, memory: 0.895 }, 4);
  await using court = createClient({ url: hub.url, getToken: () => hub.token('ada') });
  const jitters: number[] = [];
  const refused = new Promise<void>(resolve => {
    court.on('state', state => {
      if (state.status !== 'disconnected' || state.reason !== 'refused') return;
      jitters.push((state.retryAt as number) - Date.now() - (state.error?.retryAfterMs as number));
      if (jitters.length === 3) resolve();
    });
  });
  const connected = court.connect();
  await refused;
  await press(calm, 0);
  await connected;
  jitters.forEach((ms, i) => void assert.ok(ms <= 500 * 2 ** i, `${ms} ms more than it was told`));
});

test.run();
