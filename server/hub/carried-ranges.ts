// How far each room's log has left this node, and how soon: ranges that grow as long as things go about as fast as before.
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Carrier } from './hand-overs.ts';
import type { CarriedRange } from './ports-ledger.ts';

/** Milliseconds between an entry's time and its leaving, in steps: an exact number would promise more than clocks can. */
const STEPS = [100, 250, 1000, 5000, 30_000];
/** Milliseconds after which a range ends when things go faster again: one slow moment must not speak for a whole day. */
const SLOW_MS = 60_000;

export interface Range {
  readonly room: string;
  readonly epoch: string;
  readonly first: number;
  last: number;
  /** Infinity: not known. */
  readonly within: number;
  /** Milliseconds of this process's clock. */
  readonly from: number;
  to: number;
}

export class CarriedRanges {
  readonly #now = new Map<Carrier, Range>();
  /** Those that grew since they were taken. */
  #grown = new Set<Range>();
  /** Whose stays may have something that is not noted. */
  #carriers = new Set<Carrier>();

  /** @param clock what to add to this process's clock for the database's; undefined: not known yet */
  carried(carrier: Carrier, events: readonly LogEvent[], clock: number | undefined): void {
    const [oldest, newest] = [events[0] as LogEvent, events.at(-1) as LogEvent];
    const at = performance.now();
    const late = clock === undefined ? Number.NaN : clock + at - Date.parse(oldest.at);
    const within = STEPS.find(step => late <= step) ?? Number.POSITIVE_INFINITY;
    let range = this.#now.get(carrier);
    if (!range || within > range.within || (within < range.within && at - range.from > SLOW_MS)) {
      range = { ...carrier.place, first: oldest.seq, last: newest.seq, within, from: at, to: at };
      this.#now.set(carrier, range);
    }
    range.last = newest.seq;
    range.to = at;
    this.#grown.add(range);
    this.#carriers.add(carrier);
  }

  closed(carrier: Carrier): void {
    this.#now.delete(carrier);
    this.#carriers.delete(carrier);
  }

  /** What grew since it was taken last, as it is now, and the carriers of it. */
  take(): { ranges: Range[]; carriers: Set<Carrier> } {
    const ranges = [...this.#grown].map(range => ({ ...range }));
    const carriers = this.#carriers;
    this.#grown = new Set();
    this.#carriers = new Set();
    return { ranges, carriers };
  }
}

/** @param at milliseconds of this process's clock */
export const asCarried = ({ within, from, to, ...range }: Range, at: number): CarriedRange => ({
  ...range,
  ...(Number.isFinite(within) && { within }),
  fromAgo: at - from,
  ago: at - to,
});
