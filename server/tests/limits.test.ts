// How much one socket, person, bot or room may ask for, and that nobody else pays for it (guarantees, "Overload").
// takes: 10 s
import { io } from 'socket.io-client';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reply } from '#shared/protocol/errors.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';

const test = suite('limits');
let hub: TestHub;

const person = async (id: string, role: 'member' | 'bot' = 'member') =>
  connect(hub.url, { token: await hub.token(id, { role }) });

/** Sends at once, and counts what came of it. */
async function flood(client: TestClient, name: string, inputs: object[]) {
  const replies: Reply<unknown>[] = await Promise.all(
    inputs.map(input => client.socket.timeout(30_000).emitWithAck(name, input)),
  );
  const refused = replies.filter(reply => !reply.ok);
  for (const reply of refused) {
    assert.is(reply.ok ? '' : reply.error.code, 'rate_limited');
    assert.ok(!reply.ok && (reply.error.retryAfterMs as number) > 0);
  }
  return { ok: replies.length - refused.length, refused: refused.length };
}

const message = (room: string, text = 'x') => ({ room, id: crypto.randomUUID(), text });
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

test.before(async () => {
  hub = await boot({ env: { RATE_LIMITS: 'on', MAX_HANDSHAKES_PER_ADDRESS: '1000' } });
});
test.after(async () => hub[Symbol.asyncDispose]());

test('a socket may call 40 times at once, and its neighbour does not notice', async () => {
  await using loud = await person('loud');
  await using neighbour = await person('neighbour');
  const [flooded, calm] = await Promise.all([
    flood(
      loud,
      'room:list',
      times(400, () => ({})),
    ),
    flood(
      neighbour,
      'room:list',
      times(10, () => ({})),
    ),
  ]);
  assert.ok(flooded.ok >= 40 && flooded.ok <= 60, `${flooded.ok} passed`);
  assert.equal(calm, { ok: 10, refused: 0 });
});

test('a person may search 20 times at once, over all their sockets, and go on with everything else', async () => {
  await using one = await person('seeker');
  await using other = await person('seeker');
  const inputs = times(25, () => ({ query: 'x' }));
  const [first, second] = await Promise.all([flood(one, 'search', inputs), flood(other, 'search', inputs)]);
  const passed = first.ok + second.ok;
  assert.ok(passed >= 20 && passed <= 35, `${passed} passed`);
  assert.equal(await flood(one, 'room:list', [{}]), { ok: 1, refused: 0 });
});

test('who calls too often is told so on a pressed node too, and of calls that there are not', async () => {
  let memory = 0;
  await using pressed = await boot({ env: { RATE_LIMITS: 'on' }, load: () => ({ loopDelayMs: 0, memory }) });
  await using loud = await connect(pressed.url, { token: await pressed.token('loud') });
  await using lost = await connect(pressed.url, { token: await pressed.token('lost') });
  memory = 0.95;
  while (pressed.hub.pressure.level < 5) await new Promise(resolve => setTimeout(resolve, 5));
  for (const [client, name, otherwise] of [
    [loud, 'message:send', 'unavailable'],
    [lost, 'no:such', 'bad_request'],
  ] as const) {
    const replies: Reply<unknown>[] = await Promise.all(
      times(200, () => client.socket.timeout(30_000).emitWithAck(name, message('room'))),
    );
    const codes = replies.map(reply => reply.ok || reply.error.code);
    assert.equal(codes.slice(0, 40), Array(40).fill(otherwise));
    assert.ok(codes.filter(code => code === 'rate_limited').length > 100);
  }
});

test('a person may write 120 times a minute over all sockets, a bot 5 times a second', async () => {
  await using bot = await person('bot', 'bot');
  const { room } = await bot.call('room:create', { title: 'Bots', kind: 'public' });
  await bot.call('room:join', { room: room.id });
  const { ok } = await flood(
    bot,
    'message:send',
    times(30, () => message(room.id)),
  );
  assert.ok(ok <= 15, `${ok} passed`);

  let written = 0;
  for (let i = 0; i < 5; i++) {
    await using socket = await person('writer');
    await socket.call('room:join', { room: room.id });
    written += (
      await flood(
        socket,
        'message:send',
        times(38, () => message(room.id)),
      )
    ).ok;
  }
  assert.ok(written >= 118 && written <= 130, `${written} passed`);
});

test('what one is refused is not taken from the room or the address', async () => {
  await using loud = await person('loud-in-the-hall');
  const { room } = await loud.call('room:create', { title: 'Hall', kind: 'public' });
  await using neighbour = await person('neighbour-in-the-hall');
  await neighbour.call('room:join', { room: room.id });
  await loud.call('room:join', { room: room.id });
  const shouts = await flood(
    loud,
    'message:send',
    times(1000, () => message(room.id)),
  );
  assert.ok(shouts.refused > 800, `${shouts.refused} refused`);
  const calm = await flood(
    neighbour,
    'message:send',
    times(20, () => message(room.id)),
  );
  assert.equal(calm, { ok: 20, refused: 0 });
});

test('bytes are limited too', async () => {
  await using client = await person('heavy');
  const heavy = times(20, () => ({ room: 'none', pad: 'x'.repeat(60_000) }));
  const { refused } = await flood(client, 'room:list', heavy);
  assert.ok(refused >= 8, `${refused} refused`);
});

test('handshakes of one address come at the rate that was set', async () => {
  await using strict = await boot({ env: { RATE_LIMITS: 'on', MAX_HANDSHAKES_PER_ADDRESS: '5' } });
  const token = await strict.token('ada');
  const began = performance.now();
  const outcomes = await Promise.all(
    times(20, () =>
      connect(strict.url, { token }).then(
        async client => {
          await client[Symbol.asyncDispose]();
          return 'in';
        },
        error => (error as { data?: { code: string } }).data?.code,
      ),
    ),
  );
  // Five at once, and five for each second that it took.
  const due = 5 + (5 * (performance.now() - began)) / 1000;
  assert.ok(outcomes.filter(outcome => outcome === 'in').length <= due, outcomes.join());
  assert.ok(outcomes.includes('rate_limited'));
});

test('a node and an address take no more sockets than they may, also when all come at once', async () => {
  const env = { RATE_LIMITS: 'off', MAX_CONNECTIONS: '12', MAX_CONNECTIONS_PER_ADDRESS: '8' };
  await using small = await boot({ env });
  const clients = await Promise.all(
    times(30, async () =>
      connect(small.url, { token: await small.token('ada') }).catch(error => error.data.code),
    ),
  );
  const refused = clients.filter(client => typeof client === 'string');
  assert.is(clients.length - refused.length, 8);
  assert.equal(new Set(refused), new Set(['unavailable']));
  for (const client of clients) if (typeof client !== 'string') await client[Symbol.asyncDispose]();
});

test('who connects and says nothing is closed after five seconds (attack 3)', async () => {
  // `autoConnect: false` on the socket, an open engine below: a transport without a handshake of ours.
  const mute = io(hub.url, {
    transports: ['websocket'],
    forceNew: true,
    autoConnect: false,
    reconnection: false,
  });
  const began = performance.now();
  mute.io.open();
  const reason = await new Promise<string>(resolve => mute.io.once('close', resolve));
  const waited = performance.now() - began;
  assert.ok(waited > 4500 && waited < 15_000, `${reason} after ${waited} ms`);
});

test.run();
