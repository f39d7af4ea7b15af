// Fifty readers of a busy room stop reading: the hub stops pushing, tells those who read again so once, closes those who do not, and nobody
// else waits.
import { setTimeout as delay } from 'node:timers/promises';
import type { Crowd } from './crowd.ts';
import { openHelper } from './helper.ts';
import { memory, openHub, people, unlimited, watchMemory } from './hub.ts';
import type { Row } from './row.ts';
import { merge, ms, p99 } from './samples.ts';

const READERS = 50;
const OTHERS = 10;
/** Shorter than a ping waits for its answer. */
const PAUSED_S = 12;
/** Messages a second that fill the buffers of the kernel in less. */
const FASTER = 120;
const STALLED_S = 60;
const QUIET_S = 20;
const MOST_MB = 64;
const MOST = 1.5;
/** What fills the buffers of the kernel in some seconds. */
const busy = { call: 'message:send', input: { room: 'hall', text: 'x'.repeat(16_000) }, perSecond: 40 };

export const slowReader: Row = {
  name: 'slow-reader',
  mark: `${READERS} readers stalled for ${PAUSED_S} s: one resync; for ${STALLED_S} s: closed, memory +< ${MOST_MB} MB, others' p99 < ${MOST}x`,
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
    await others.ask('talk', { ...busy, seconds: 5 });
    // What the same traffic costs when everybody reads, and an answer with the newest messages to each, is no part of what grows.
    using watch = watchMemory(hub.pid);
    await readers.ask('enter', { room: 'hall' });
    const before = await others.ask('talk', { ...busy, seconds: QUIET_S });
    const most = watch.grown;
    say(`everybody reads: p99 ${ms(p99(before))}, the hub holds ${memory(hub.pid).toFixed(0)} MB`);

    await readers.ask('stall');
    const loud = await others.ask('talk', { ...busy, seconds: STALLED_S });
    const grown = watch.grown - most;
    await readers.ask('read');
    await delay(2000);
    const left = await readers.ask('open');
    say(`nobody reads: p99 ${ms(p99(loud))}, memory +${grown.toFixed(0)} MB, ${left} are still connected`);

    await readers.ask('leave');
    await come(readers, 'reader', READERS);
    const after = await others.ask('talk', { ...busy, seconds: QUIET_S });
    const quiet = merge([before, after]);

    const { resync: told } = await readers.ask('heard');
    await readers.ask('stall');
    await others.ask('talk', { ...busy, perSecond: FASTER, seconds: PAUSED_S });
    await readers.ask('read');
    await delay(4000);
    const resync = (await readers.ask('heard')).resync - told;
    const stayed = await readers.ask('open');
    say(`nobody read for ${PAUSED_S} s: ${resync} resyncs, ${stayed} are still connected`);
    const times = p99(loud) / p99(quiet);
    return {
      measured: `${READERS - left} closed, memory +${grown.toFixed(0)} MB, after the short stall ${resync} resyncs and ${stayed} connected; others' p99 ${ms(p99(quiet))} -> ${ms(p99(loud))} (${times.toFixed(2)}x)`,
      passed:
        resync === READERS &&
        stayed === READERS &&
        left === 0 &&
        grown < MOST_MB &&
        times < MOST &&
        loud.lost === 0,
    };
  },
};
