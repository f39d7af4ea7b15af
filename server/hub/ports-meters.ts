// What a node counts while it works, for the doors and the domain alike: plain numbers, so that counting costs an addition.

export interface Meters {
  /** Entries that this node wrote into logs. */
  appended: number;
  /** Frames given to sockets, and entries in them. */
  frames: number;
  deliveries: number;
  /** Milliseconds from a call to its answer. */
  readonly acks: Buckets;
  /** Drafts that one transaction took. */
  readonly groups: Buckets;
}

/** How often a value was at most each of the bounds. */
export interface Buckets {
  readonly bounds: readonly number[];
  /** By bound, each value once, in the first that holds it; the last is for what is above all. */
  readonly counts: Float64Array;
  sum: number;
}

const buckets = (...bounds: number[]): Buckets => ({
  bounds,
  counts: new Float64Array(bounds.length + 1),
  sum: 0,
});

export const createMeters = (): Meters => ({
  appended: 0,
  frames: 0,
  deliveries: 0,
  acks: buckets(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000),
  groups: buckets(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
});

export function observe(into: Buckets, value: number): void {
  let at = 0;
  while (at < into.bounds.length && value > (into.bounds[at] as number)) at++;
  into.counts[at] = (into.counts[at] as number) + 1;
  into.sum += value;
}
