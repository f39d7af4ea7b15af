// A reader that does not keep up costs the hub a bounded buffer and is told to catch up by itself; nobody else waits for it.
// takes: 10 s
import type { Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';

const test = suite('slow reader');
const TEXT = 'x'.repeat(16_000);
const MIB = 1024 * 1024;

const tcpOf = (client: TestClient): Socket =>
  (client.socket.io.engine as unknown as { transport: { ws: { _socket: Socket } } }).transport.ws._socket;

test('a stalled reader gets one resync instead of a growing buffer, and recovers without a hole (I5)', async () => {
  await using hub = await boot();
  await using ada = await connect(hub.url, { token: await hub.token('ada') });
  await using bob = await connect(hub.url, { token: await hub.token('bob') });
  const { room } = await ada.call('room:create', { title: 'Room', kind: 'public' });
  await ada.call('room:join', { room: room.id });
  const joined = await bob.call('room:join', { room: room.id });

  const tcp = tcpOf(bob);
  tcp.pause();
  const waiting = () => {
    const conn = hub.socket(bob.socket.id as string)?.conn as unknown as {
      writeBuffer: { data?: string }[];
      transport: { socket: { bufferedAmount: number } };
    };
    return (
      conn.transport.socket.bufferedAmount +
      conn.writeBuffer.reduce((sum, { data }) => sum + (data?.length ?? 0), 0)
    );
  };
  let most = 0;
  let last = 0;
  // What the kernel's own buffers take, and much more.
  for (let more = 8; more > 0; ) {
    const sent = await Promise.all(
      Array.from({ length: 50 }, () =>
        ada.call('message:send', { room: room.id, id: crypto.randomUUID(), text: TEXT }),
      ),
    );
    last = sent.at(-1)?.seq ?? 0;
    most = Math.max(most, waiting());
    if (most > MIB) more--;
  }
  await ada.until(() => ada.events(room.id).at(-1)?.seq === last);
  // The limit, and the frame that went over it; what was sent since is more than both.
  assert.ok(most < 4 * MIB, `${most} bytes waited`);

  tcp.resume();
  await bob.push('resync', push => push.room === room.id);
  const held = bob.events(room.id).map(event => event.seq);
  const at = held.at(-1) ?? joined.head;
  const again = await bob.call('room:join', { room: room.id, after: { epoch: joined.epoch, seq: at } });
  assert.is(again.recovered, true);
  held.push(...again.events.map(event => event.seq));
  while ((held.at(-1) as number) < again.head) {
    const after = held.at(-1) as number;
    const { events } = await bob.call('events:read', { room: room.id, after, limit: 100 });
    held.push(...events.map(event => event.seq));
  }
  assert.equal(
    held,
    Array.from({ length: last - joined.head }, (_, i) => joined.head + 1 + i),
  );
  assert.is(bob.pushes.filter(push => push.name === 'resync').length, 1);
});

test('a reader that lags for too long is told so once, and is closed', async () => {
  // Long enough for the next frame to find the reader slow: that is when it is told to join again.
  await using hub = await boot({ slowPatience: 1500 });
  await using ada = await connect(hub.url, { token: await hub.token('ada') });
  await using bob = await connect(hub.url, { token: await hub.token('bob') });
  const { room } = await ada.call('room:create', { title: 'Room', kind: 'public' });
  for (const client of [ada, bob]) await client.call('room:join', { room: room.id });
  const id = bob.socket.id as string;
  tcpOf(bob).pause();
  while (hub.socket(id)) {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        ada.call('message:send', { room: room.id, id: crypto.randomUUID(), text: TEXT }),
      ),
    );
  }
  tcpOf(bob).resume();
  await bob.until(() => !bob.socket.connected);
  const told = bob.pushes.filter(({ name }) => name === 'resync' || name === 'session:end');
  assert.equal(told, [
    { name: 'resync', payload: { room: room.id, head: bob.events(room.id).at(-1)?.seq } },
    { name: 'session:end', payload: { code: 'too_slow', reconnect: true, retryAfterMs: 1000 } },
  ]);
  // The one who read all the time is still here.
  assert.ok(ada.socket.connected);
});

test.run();
