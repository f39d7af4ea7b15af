// How hard pressed this node is, and what it therefore refuses: the classes of work in the order in which they go, the least missed first.
import type { Load } from './ports.ts';

/** The later one never goes before the earlier. What is in no class is never refused for load. */
export const classes = ['typing', 'AI and search', 'backfill', 'joins', 'sends'] as const;
export type Class = (typeof classes)[number];

export interface Pressure {
  /** Called about five times a second. */
  sample(load: Load): void;
  /** How many classes are refused. */
  readonly level: number;
  refuses(what: Class): boolean;
  /** For operators: `ok`, or what is refused. */
  describe(): string;
}

/**
 * At the first value typing goes, at the last one sends, the others in equal steps between. `ackMs` is what a send would wait for its
 * ack: the lateness of the loop and the queue of the log writer together. The queue is bounded in time, not in groups, since what is
 * accepted is to be acknowledged within a second, however slow the database is: the rest of that second is for the loop and the network.
 */
const LADDERS = { ackMs: [200, 300], memory: [0.8, 0.92] } as const;
/** What is refused already is taken up again only this far below. */
const CALM = 0.75;
/** Samples for which a level is held: about a second. */
const HOLD = 5;

/** How many rungs a value has climbed; those up to `held` are left only well below. */
export function rungs(value: number, [first, last]: readonly [number, number], held = 0): number {
  return classes.filter((_, i) => {
    const rung = first + ((last - first) * i) / (classes.length - 1);
    return value >= (i < held ? rung * CALM : rung);
  }).length;
}

/**
 * The level rises at once and falls after a calm second, so it does not flap. Sends alone are decided one by one, by how long this one
 * would wait: to refuse them for a second whenever the queue is full would leave the database idle half of the time.
 */
export function createPressure({ waitMs }: { waitMs(): number }): Pressure {
  const recent: number[] = [];
  let memory = 0;
  let loopDelayMs = 0;
  let lastDelayMs = 0;
  let held = 0;

  const reached = (from = 0) =>
    Math.max(rungs(loopDelayMs + waitMs(), LADDERS.ackMs, from), rungs(memory, LADDERS.memory, from));
  const level = () => Math.max(reached(), Math.min(held, classes.length - 1));

  return {
    sample(load) {
      // One long turn of the loop is over when it is seen; two in a row are load.
      loopDelayMs = Math.min(lastDelayMs, load.loopDelayMs);
      lastDelayMs = load.loopDelayMs;
      memory = load.memory;
      recent.push(reached(held));
      if (recent.length > HOLD) recent.shift();
      held = Math.max(...recent);
    },
    get level() {
      return level();
    },
    refuses: what => level() > classes.indexOf(what),
    describe() {
      const refused = classes.slice(0, level());
      return refused.length > 0 ? `shedding ${refused.join(', ')}` : 'ok';
    },
  };
}

/** For benchmarks of what lies beyond (`LOAD_SHEDDING=off`). */
export const noPressure: Pressure = {
  sample() {},
  level: 0,
  refuses: () => false,
  describe: () => 'not looked at',
};
