// Packets that are too large, and packets in far too many pieces: the sockets that send them are closed, and the hub does not grow.
import { setTimeout as delay } from 'node:timers/promises';
import { openHub, unlimited, watchMemory } from './hub.ts';
import { frame, openWebSocket, type RawSocket } from './raw-socket.ts';
import type { Row } from './row.ts';

const TOO_LARGE = 65_537;
const PIECES = 10_000;
const SOCKETS = 20;
const MOST_MB = 8;
const PATIENCE = 5000;

/** A packet of Engine.IO that would be a message. */
const large = [frame(`4${'x'.repeat(TOO_LARGE - 1)}`)];
const crumbs = Array.from({ length: PIECES }, (_, i) =>
  frame('4', { first: i === 0, final: i === PIECES - 1 }),
);

async function send(url: string, frames: readonly Buffer[]): Promise<boolean> {
  const { tcp, closed } = await openWebSocket(url);
  tcp.write(Buffer.concat(frames));
  return endsWithin({ tcp, closed });
}

async function endsWithin({ tcp, closed }: RawSocket): Promise<boolean> {
  const late = delay(PATIENCE, 'late', { ref: false });
  const how = await Promise.race([closed, late]);
  tcp.destroy();
  return how !== 'late';
}

export const payload: Row = {
  name: 'payload',
  mark: `${TOO_LARGE.toLocaleString('en')} bytes, ${PIECES.toLocaleString('en')} tiny fragments: closed, memory +< ${MOST_MB} MB`,
  async run(say) {
    await using hub = await openHub(unlimited);
    const flood = async (frames: readonly Buffer[]) => {
      let closed = 0;
      for (let i = 0; i < SOCKETS; i++) if (await send(hub.url, frames)) closed++;
      return closed;
    };
    // What the first of a kind costs is the program's own.
    await flood(large);
    await flood(crumbs);
    using watch = watchMemory(hub.pid);
    say(`${SOCKETS} packets of ${TOO_LARGE} bytes`);
    const tooLarge = await flood(large);
    say(`${SOCKETS} packets in ${PIECES} pieces`);
    const tooMany = await flood(crumbs);
    return {
      measured: `${tooLarge} and ${tooMany} of ${SOCKETS} closed, memory +${watch.grown.toFixed(1)} MB`,
      passed: tooLarge === SOCKETS && tooMany === SOCKETS && watch.grown < MOST_MB,
    };
  },
};
