// What this node did lately, counted as it happens and looked at once a second: rates, how long answers took, and who is busiest.
import type { Figures } from '#shared/protocol/admin.ts';
import type { Batch } from './log-writer.ts';
import type { Load } from './ports.ts';
import type { Buckets, Meters } from './ports-meters.ts';

/** Seconds over which rates are taken. */
const RATE = 5;
/** Seconds over which answers and the busiest are. */
const MINUTE = 60;
/** Seconds that share a count of the busiest. */
const SLICE = 10;
/** Of the busiest that are told. */
const MOST = 10;

interface Sample {
  readonly at: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly acks: Float64Array;
}

type Lately = Pick<Figures, 'perSecond' | 'acks' | 'loopDelayMs' | 'memory' | 'busiest'>;

export type NodeFigures = ReturnType<typeof createNodeFigures>;

/** @param look how loaded the process is, since it was asked last */
export function createNodeFigures(deps: { meters: Meters; look(): Load & { readonly rss: number } }) {
  const { meters, look } = deps;
  let messages = 0;
  const busy = { rooms: createTops(), people: createTops() };
  const sample = (): Sample => ({
    at: performance.now(),
    messages,
    deliveries: meters.deliveries,
    acks: meters.acks.counts.slice(),
  });
  /** The oldest first. */
  const samples = [sample()];
  let load = { loopDelayMs: 0, memory: 0, rss: 0 };
  let ticks = 0;

  return {
    /** Entries that this node wrote. */
    wrote(batches: readonly Batch[]): void {
      for (const { room, events } of batches) {
        for (const { type, by } of events) {
          if (type !== 'message.created') continue;
          messages++;
          busy.rooms.count(room);
          busy.people.count(by);
        }
      }
    },
    /** Called once a second. */
    tick(): void {
      samples.push(sample());
      if (samples.length > MINUTE + 1) samples.shift();
      if (++ticks % SLICE === 0) for (const tops of [busy.rooms, busy.people]) tops.turn();
      load = look();
    },
    lately(): Lately {
      const last = samples.at(-1) as Sample;
      const before = samples.at(-1 - RATE) ?? (samples[0] as Sample);
      const seconds = Math.max((last.at - before.at) / 1000, 0.001);
      const rate = (now: number, then: number) => Math.round(((now - then) / seconds) * 10) / 10;
      const counts = (now: Sample, then: Sample) =>
        now.acks.map((count, i) => count - (then.acks[i] as number));
      const answered = counts(last, samples[0] as Sample);
      const { bounds } = meters.acks;
      return {
        perSecond: {
          messages: rate(last.messages, before.messages),
          deliveries: rate(last.deliveries, before.deliveries),
          calls: rate(sum(counts(last, before)), 0),
        },
        acks: {
          count: sum(answered),
          p50: quantile(bounds, answered, 0.5),
          p99: quantile(bounds, answered, 0.99),
        },
        loopDelayMs: Math.round(load.loopDelayMs * 10) / 10,
        memory: { rss: load.rss, share: Math.round(load.memory * 1000) / 1000 },
        busiest: { rooms: busy.rooms.top(), people: busy.people.top() },
      };
    },
  };
}

/** Counts of the last minute, by slices. */
function createTops() {
  let slices: Map<string, number>[] = [new Map()];
  return {
    count(id: string): void {
      const now = slices[0] as Map<string, number>;
      now.set(id, (now.get(id) ?? 0) + 1);
    },
    turn(): void {
      slices = [new Map(), ...slices.slice(0, MINUTE / SLICE - 1)];
    },
    top(): { id: string; messages: number }[] {
      const all = new Map<string, number>();
      for (const slice of slices) for (const [id, count] of slice) all.set(id, (all.get(id) ?? 0) + count);
      return [...all]
        .map(([id, messages]) => ({ id, messages }))
        .sort((a, b) => b.messages - a.messages || (a.id < b.id ? -1 : 1))
        .slice(0, MOST);
    },
  };
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0);

/** Where in its bucket a value lies is not known, and taken as even; above the last bound it is that bound. */
export function quantile(bounds: Buckets['bounds'], counts: ArrayLike<number>, q: number): number | null {
  const wanted = sum(Array.from(counts)) * q;
  if (wanted === 0) return null;
  let seen = 0;
  for (const [at, bound] of bounds.entries()) {
    const here = counts[at] as number;
    const least = at === 0 ? 0 : (bounds[at - 1] as number);
    if (here > 0 && seen + here >= wanted)
      return Math.round((least + ((bound - least) * (wanted - seen)) / here) * 10) / 10;
    seen += here;
  }
  return bounds.at(-1) as number;
}
