// What a load does to those who have nothing to do with it: quiet and loud spells take turns, so that whatever else this machine does
// falls on both.

import { setTimeout as delay } from 'node:timers/promises';
import type { Crowd } from './crowd.ts';
import { openHelper } from './helper.ts';
import { type Person, people } from './hub.ts';
import { merge, p99, type Tally } from './samples.ts';

export interface Neighbours extends AsyncDisposable {
  /** Everybody's calls, while nothing else happens and while `load` runs, in turns. */
  compare<T>(load: (seconds: number) => Promise<T>): Promise<{ quiet: Tally; loud: Tally; loads: T[] }>;
}

const NEIGHBOURS = 25;
/** What their limits allow for ever: each writes twice a second. */
const PER_SECOND = 2 * NEIGHBOURS;
const TURNS = 6;
const SECONDS = 4;
/** A load runs for so long before anybody looks: what limits allow at once after a pause is used up then. */
const LEAD_S = 2;

/** Some people from an address of their own, in a room of their own. */
export async function openNeighbours(url: string, room = 'hall'): Promise<Neighbours> {
  const helper = openHelper<Crowd>('crowd.ts');
  const who: Person[] = await people(NEIGHBOURS, 'neighbour', '127.0.0.99');
  const came = await helper.ask('come', { url, who, perSecond: 15 });
  if (came.ok < NEIGHBOURS) throw new Error(`Only ${came.ok} neighbours came in.`);
  await helper.ask('enter', { room, make: true });
  const talk = () =>
    helper.ask('talk', {
      call: 'message:send',
      input: { room, text: 'Good morning.' },
      perSecond: PER_SECOND,
      seconds: SECONDS,
    });
  await talk();
  return {
    async compare(load) {
      const quiet: Tally[] = [];
      const loud: Tally[] = [];
      const loads: Awaited<ReturnType<typeof load>>[] = [];
      for (let turn = 0; turn < TURNS; turn++) {
        quiet.push(await talk());
        const loading = load(LEAD_S + SECONDS);
        await delay(LEAD_S * 1000);
        loud.push(await talk());
        loads.push(await loading);
      }
      return { quiet: merge(quiet), loud: merge(loud), loads };
    },
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}

/** How many times slower, at the 99th percentile. */
export const slowdown = ({ quiet, loud }: { quiet: Tally; loud: Tally }): number => p99(loud) / p99(quiet);
