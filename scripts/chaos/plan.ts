// When which fault comes: the whole schedule of a run, made from its seed before the run begins.
import { createRandom } from './random.ts';

export const faultNames = [
  ...[
    'kill one hub',
    'kill two hubs',
    'kill all hubs',
    'stop a hub',
    'stop a hub beyond its ping timeout',
    'roll all hubs',
  ],
  ...['restart Redis', 'FLUSHALL', 'CLIENT PAUSE', 'CLIENT KILL pubsub', 'partition one hub from Redis'],
  ...[
    'restart PostgreSQL',
    'terminate backends',
    'lock the rooms',
    'stall the database',
    'cut a COMMIT reply',
  ],
  ...['reset a client', 'half-open client', 'paused reader', 'slow reader'],
  ...['clock jump', 'leave and return', 'kick and return', 'change a role', 'expire a token'],
] as const;
export type FaultName = (typeof faultNames)[number];

export interface Step {
  /** Milliseconds after the beginning of the chaos. */
  readonly at: number;
  readonly name: FaultName;
  /** For what the fault decides by chance. */
  readonly seed: number;
}

export interface Scale {
  /** Milliseconds of the parts of a run. Sends go on until the end of `traffic`. */
  readonly warmUp: number;
  readonly chaos: number;
  readonly traffic: number;
  readonly quiesce: number;
  /** Of the traffic before and after the restore. */
  readonly aroundRestore: number;
  readonly users: number;
  readonly bots: number;
  readonly admins: number;
  readonly rooms: number;
  /** Members of a room. */
  readonly people: number;
  /** Sends a second. */
  readonly rate: number;
  readonly counts: Readonly<Record<FaultName, number>>;
}

const counts = (numbers: readonly number[]) =>
  Object.fromEntries(faultNames.map((name, i) => [name, numbers[i] as number])) as Record<FaultName, number>;

export const scales = {
  full: {
    warmUp: 10_000,
    chaos: 145_000,
    traffic: 180_000,
    quiesce: 20_000,
    aroundRestore: 5000,
    ...{ users: 200, bots: 30, admins: 10, rooms: 24, people: 20, rate: 160 },
    counts: counts([6, 1, 1, 4, 1, 2, 3, 1, 3, 4, 4, 2, 3, 2, 2, 30, 150, 12, 8, 4, 4, 150, 150, 20, 60]),
  },
  smoke: {
    warmUp: 4000,
    chaos: 15_000,
    traffic: 22_500,
    quiesce: 5000,
    aroundRestore: 2000,
    ...{ users: 40, bots: 10, admins: 5, rooms: 10, people: 10, rate: 90 },
    counts: counts([1, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5, 12, 2, 2, 1, 1, 8, 8, 5, 6]),
  },
} as const satisfies Record<string, Scale>;

/** Faults that strike a server. They come one after another, so that each meets a hub at work; all others come at any time. */
const HEAVY: readonly FaultName[] = faultNames.slice(0, faultNames.indexOf('cut a COMMIT reply'));
/** Of the last part of the chaos, for faults that last. */
const LONG = 0.12;

export function plan(seed: number, { chaos, counts: wanted }: Scale): Step[] {
  const random = createRandom(seed);
  const step = (at: number, name: FaultName): Step => ({
    at: Math.round(at),
    name,
    seed: random.whole(1, 2 ** 31),
  });
  const all = (names: readonly FaultName[]) =>
    names.flatMap(name => Array<FaultName>(wanted[name]).fill(name));
  const heavy = all(HEAVY)
    .map(name => ({ name, place: name.includes('beyond') ? 0 : random.next() }))
    .sort((a, b) => a.place - b.place);
  const slot = (chaos * (1 - LONG)) / Math.max(heavy.length, 1);
  return [
    ...heavy.map(({ name }, i) => step((i + random.next() * 0.5) * slot, name)),
    ...all(faultNames.filter(name => !HEAVY.includes(name))).map(name =>
      step(random.next() * chaos * (1 - LONG), name),
    ),
  ].sort((a, b) => a.at - b.at);
}
