// Packets that are too large, in too many pieces, and connections of nobody: all closed (guarantees, "Overload"; attacks 3 and 6).
// takes: 11 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { frame, openTcp, openWebSocket } from '../../scripts/bench/overload/raw-socket.ts';
import { boot, type TestHub } from '../testing/boot.ts';

const test = suite('payload');
let hub: TestHub;

test.before(async () => {
  hub = await boot();
});
test.after(async () => hub[Symbol.asyncDispose]());

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
/** One packet of Engine.IO, cut into so many frames. */
const pieces = (packet: string, count: number): Buffer =>
  Buffer.concat(
    times(count, i => {
      const size = Math.ceil(packet.length / count);
      return frame(packet.slice(i * size, (i + 1) * size), { first: i === 0, final: i === count - 1 });
    }),
  );
const signIn = async () => `40${JSON.stringify({ token: await hub.token('ada'), protocol: 1 })}`;

test('a packet over 64 KiB closes its socket', async () => {
  const { tcp, closed } = await openWebSocket(hub.url);
  tcp.write(frame(`4${'x'.repeat(65_536)}`));
  assert.ok((await closed) < 4000);
});

test('a packet in 10,000 pieces closes its socket, one in a few does not (attack 6)', async () => {
  const hostile = await openWebSocket(hub.url);
  hostile.tcp.write(pieces(`4${'x'.repeat(9999)}`, 10_000));
  assert.ok((await hostile.closed) < 4000);

  const honest = await openWebSocket(hub.url);
  const welcomed = new Promise<void>(resolve => {
    honest.tcp.on('data', (chunk: Buffer) => {
      if (chunk.includes('"welcome"')) resolve();
    });
  });
  honest.tcp.write(pieces(await signIn(), 16));
  await welcomed;
  honest.tcp.destroy();
});

test('who leaves the namespace but not the connection is closed', async () => {
  const raw = await openWebSocket(hub.url);
  raw.tcp.write(frame(await signIn()));
  raw.tcp.write(frame('41'));
  assert.ok((await raw.closed) < 20_000, 'not only when no ping was answered');
});

test('strangers are closed however mute they are, and whether or not they answer the goodbye (attack 3)', async () => {
  const sockets = await Promise.all([
    openTcp(hub.url),
    openWebSocket(hub.url),
    openWebSocket(hub.url).then(raw => {
      raw.tcp.write(frame('40{"token":"x.y.z","protocol":1}'));
      return raw;
    }),
  ]);
  for (const { tcp } of sockets) tcp.resume();
  for (const { closed } of sockets) assert.ok((await closed) < 20_000);
});

test.run();
