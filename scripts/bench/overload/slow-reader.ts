// Fifty readers of a busy room stop reading for a minute: the hub stops pushing to them, tells them so once, and closes them; nobody else waits.
import { setTimeout as delay } from 'node:timers/promises';
import type { Crowd } from './crowd.ts';
import { openHelper } from './helper.ts';
import { memory, openHub, people, unlimited, watchMemory } from './hub.ts';
import type { Row } from './row.ts';
import { listed, merge, ms, p99 } from './samples.ts';

const READERS = 50;
const OTHERS = 10;
const STALLED_S = 60;
const QUIET_S = 20;
const MOST_MB = 64;
const MOST = 1.5;
/** What fills the buffers of the kernel in some seconds. */
const busy = { call: 'message:send', input: { room: 'hall', text: 'x'.repeat(16_000) }, perSecond: 40 };

export const slowReader: Row = {
  name: 'slow-reader',
  mark: `${READERS} stalled readers for ${STALLED_S} s: one resync, closed after 30 s, memory +< ${MOST_MB} MB, others' p99 < ${MOST}x`,
  async run(say) {
    await using hub = await openHub(unlimited);
    await using others = openHelper<Crowd>('crowd.ts');
    await using readers = openHelper<Crowd>('crowd.ts');
    const come = async (crowd: typeof others, name: string, count: number) => {
      await crowd.ask('come', { url: hub.url, who: await people(count, name), perSecond: 100 });
      await crowd.ask('enter', { room: 'hall', make: crowd === others });
    };
    await come(others, 'other', OTHERS);
    await come(readers, 'reader', READERS);
    const before = await others.ask('talk', { ...busy, seconds: QUIET_S });
    say(`everybody reads: p99 ${ms(p99(before))}, the hub holds ${memory(hub.pid).toFixed(0)} MB`);

    using watch = watchMemory(hub.pid);
    await readers.ask('stall');
    const loud = await others.ask('talk', { ...busy, seconds: STALLED_S });
    const { grown } = watch;
    say(`nobody reads: p99 ${ms(p99(loud))}, memory +${grown.toFixed(0)} MB`);
    await readers.ask('read');
    await delay(2000);
    const heard = await readers.ask('heard');
    const left = await readers.ask('open');
    say(
      `the readers heard ${heard.resync} resyncs, ends: ${listed(heard.ends)}; ${left} are still connected`,
    );

    await readers.ask('leave');
    await come(readers, 'reader', READERS);
    const after = await others.ask('talk', { ...busy, seconds: QUIET_S });
    const quiet = merge([before, after]);
    const times = p99(loud) / p99(quiet);
    return {
      measured: `memory +${grown.toFixed(0)} MB, ${heard.resync} resyncs, ${READERS - left} closed (told: ${listed(heard.ends)}); others' p99 ${ms(p99(quiet))} -> ${ms(p99(loud))} (${times.toFixed(2)}x)`,
      passed: grown < MOST_MB && heard.resync === READERS && left === 0 && times < MOST && loud.lost === 0,
    };
  },
};
