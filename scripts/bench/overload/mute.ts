// Sockets that never say who they are, in every way of not saying it: the hub closes them, and is no slower to open the next.
import { setTimeout as delay } from 'node:timers/promises';
import { openHub, unlimited, watchMemory } from './hub.ts';
import { frame, openTcp, openWebSocket, type RawSocket } from './raw-socket.ts';
import type { Row } from './row.ts';
import { ms } from './samples.ts';

const SOCKETS = 2000;
const AT_ONCE = 500;
const MOST_MS = 6000;
const PATIENCE = 30_000;

const kinds: Record<string, (url: string) => Promise<RawSocket>> = {
  'said nothing at all': async url => {
    const raw = await openTcp(url);
    raw.tcp.resume();
    return raw;
  },
  'began a request': async url => {
    const raw = await openTcp(url);
    raw.tcp.write('GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n');
    raw.tcp.resume();
    return raw;
  },
  'opened a WebSocket': url => openWebSocket(url),
  'showed a bad token': async url => {
    const raw = await openWebSocket(url);
    raw.tcp.write(frame('40{"token":"x.y.z","protocol":1}'));
    return raw;
  },
};

export const mute: Row = {
  name: 'mute',
  mark: `${SOCKETS.toLocaleString('en')} mute sockets: all gone in ${MOST_MS / 1000} s`,
  async run(say) {
    await using hub = await openHub(unlimited);
    using watch = watchMemory(hub.pid);
    const names = Object.keys(kinds);
    const slowest = new Map(names.map(name => [name, 0]));
    const open: Promise<void>[] = [];
    const patience = AbortSignal.timeout(PATIENCE);
    const one = async (i: number) => {
      const name = names[i % names.length] as string;
      const raw = await (kinds[name] as (url: string) => Promise<RawSocket>)(hub.url);
      const late = delay(PATIENCE, Number.POSITIVE_INFINITY, { ref: false, signal: patience });
      const gone = Promise.race([raw.closed, late.catch(() => Number.POSITIVE_INFINITY)]);
      open.push(
        gone.then(took => {
          raw.tcp.destroy();
          slowest.set(name, Math.max(slowest.get(name) ?? 0, took));
        }),
      );
    };
    const began = performance.now();
    for (let i = 0; i < SOCKETS; i += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, (_, k) => one(i + k)));
    const opened = performance.now() - began;
    say(`${open.length} are open after ${ms(opened)}`);
    await Promise.all(open);
    for (const [name, took] of slowest) say(`those that ${name}: gone within ${ms(took)}`);
    const last = Math.max(...slowest.values());
    return {
      measured: `${open.length} opened in ${ms(opened)}, the last gone after ${ms(last)}, memory +${watch.grown.toFixed(0)} MB`,
      passed: open.length === SOCKETS && last <= MOST_MS,
    };
  },
};
