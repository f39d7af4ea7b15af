// Somebody calls at ten times what the limits allow, by socket, person, bot, room, address and bytes: refused with a hint, and nobody else waits.
import { openNeighbours, slowdown } from './beside.ts';
import type { Crowd } from './crowd.ts';
import { openHelper } from './helper.ts';
import { openHub, type Person, people, person } from './hub.ts';
import type { Row } from './row.ts';
import { listed, merge, ms, p99 } from './samples.ts';

interface Flood {
  readonly name: string;
  readonly limit: string;
  who(): Promise<Person[]>;
  /** Where they write; the neighbours' own room, unless it is the room that is flooded. */
  readonly room: string;
  readonly call: string;
  readonly input: object;
  /** Ten times the limit. */
  readonly perSecond: number;
}

const HALL = 'hall';
const PIT = 'pit';
const TIMES = 10;
const MOST = 1.5;
/** The node's own measure is in the way of none of these. */
const env = { MAX_HANDSHAKES_PER_ADDRESS: '1000', MAX_CONNECTIONS_PER_ADDRESS: '1000' };
const one = async (user: string) => person(user, '127.0.0.2');
const write = { call: 'message:send', room: HALL, input: { room: HALL, text: 'Hear me!' } };
const list = { call: 'room:list', room: HALL, input: {} };

const floods: readonly Flood[] = [
  {
    ...write,
    name: 'socket',
    limit: 'socket 20/s, burst 40',
    who: async () => [await one('loud')],
    perSecond: 200,
  },
  {
    ...write,
    name: 'user',
    limit: 'user 120/min',
    who: async () => Array(5).fill(await one('loud')),
    perSecond: 20,
  },
  {
    ...write,
    name: 'bot',
    limit: 'bot 5/s',
    who: async () => Array(4).fill(await person('loud', '127.0.0.2', 'bot')),
    perSecond: 50,
  },
  {
    ...write,
    name: 'room',
    limit: 'room 100/s',
    // Enough bots from enough addresses that none of their own limits is what refuses.
    who: async () =>
      (
        await Promise.all(
          Array.from({ length: 5 }, (_, i) => people(50, `loud-${i}`, `127.0.0.${10 + i}`, 'bot')),
        )
      ).flat(),
    room: PIT,
    input: { room: PIT, text: 'Hear me!' },
    perSecond: 1000,
  },
  {
    ...list,
    name: 'address',
    limit: 'address 300/s',
    who: () => people(200, 'loud', '127.0.0.2'),
    perSecond: 3000,
  },
  {
    ...list,
    name: 'bytes',
    limit: '256 KB/s',
    who: async () => [await one('loud')],
    input: { pad: 'x'.repeat(60_000) },
    perSecond: 44,
  },
];

export const calls: readonly Row[] = floods.map(flood => ({
  name: `calls-${flood.name}`,
  mark: `${flood.limit}, at ${TIMES} times that: rate_limited with retryAfterMs, a neighbour's p99 < ${MOST}x`,
  run: say => measure(flood, say),
}));

async function measure({ who, room, call, input, perSecond }: Flood, say: (line: string) => void) {
  await using hub = await openHub(env);
  await using neighbours = await openNeighbours(hub.url, HALL);
  await using loud = openHelper<Crowd>('crowd.ts');
  await loud.ask('come', { url: hub.url, who: await who(), perSecond: 100 });
  await loud.ask('enter', { room, make: room === PIT });
  // What it costs to hear the room is no part of it: a limit is on what is said.
  await loud.ask('unsubscribe', { room });
  say('quiet and loud spells in turns');
  const found = await neighbours.compare(seconds => loud.ask('talk', { call, input, perSecond, seconds }));
  const flooded = merge(found.loads);
  const hurt = Object.keys(found.loud.refused).length > 0 || found.loud.lost > 0;
  const onlyLimited = Object.keys(flooded.refused).join() === 'rate_limited';
  const times = slowdown(found);
  say(`the neighbours: ${found.loud.ok} went well, refused: ${listed(found.loud.refused)}`);
  return {
    measured: `${flooded.ok} passed, refused: ${listed(flooded.refused)}; neighbours p99 ${ms(p99(found.quiet))} -> ${ms(p99(found.loud))} (${times.toFixed(2)}x)`,
    passed: onlyLimited && flooded.hintless === 0 && flooded.lost === 0 && !hurt && times < MOST,
  };
}
