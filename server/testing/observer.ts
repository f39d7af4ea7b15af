// Somebody who follows a room with our own client and forgets nothing: for tests that compare what people hold with what the database holds.
import { createHash, type Hash } from 'node:crypto';
import type { LogEvent } from '#shared/protocol/events.ts';
import { type ClientOptions, type Court, createClient, type Gap, type Room } from '../../clients/js/index.ts';

/** Reads a log as it comes, in a running hash of its entries; notices at once what is missing, double or out of order (I4, I5). */
export class Observer {
  readonly court: Court;
  readonly room: Room;
  readonly gaps: Gap[] = [];
  readonly faults: string[] = [];
  #from = Number.POSITIVE_INFINITY;
  #hash: Hash = createHash('sha256');
  #seq = 0;
  #watch: { seq: number; reached: () => void } | undefined;

  constructor(options: ClientOptions, room: string) {
    this.court = createClient(options);
    this.room = this.court.room(room);
    this.room.on('gap', gap => this.gaps.push(gap));
    this.room.on('event', event => this.#apply(event));
  }

  /** Resolves with the number of the last entry before what this observer counts from. */
  async join(): Promise<number> {
    await this.court.connect();
    return (await this.room.join()).head;
  }

  /** All entries after `seq` count. */
  begin(seq: number): void {
    this.#from = seq;
    this.#seq = seq;
  }

  get seq(): number {
    return this.#seq;
  }

  /** Of all entries since `begin`. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }

  reach(seq: number): Promise<void> {
    if (this.#seq >= seq) return Promise.resolve();
    return new Promise(reached => {
      this.#watch = { seq, reached };
    });
  }

  #apply(event: LogEvent): void {
    if (event.seq <= this.#from) return;
    if (event.seq !== this.#seq + 1) this.faults.push(`${event.seq} came after ${this.#seq}`);
    this.#seq = event.seq;
    this.#hash.update(line(event));
    if (this.#watch && this.#seq >= this.#watch.seq) this.#watch.reached();
  }
}

/** An entry as text. What the hub sends and what SQL returns come from the same function, so their fields stand in the same order. */
function line({ seq, id, type, at, by, data }: LogEvent): string {
  return JSON.stringify([seq, id, type, at, by, data]);
}

/** Of entries, as an observer's digest of them. */
export function digestOf(events: readonly LogEvent[]): string {
  const hash = createHash('sha256');
  for (const event of events) hash.update(line(event));
  return hash.digest('hex');
}

/** The same text for the same value, whatever the order of its fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export function hashOf(values: Iterable<unknown>): string {
  const hash = createHash('sha256');
  for (const value of values) hash.update(canonical(value));
  return hash.digest('hex');
}
