// The newest entries of one log, bounded in number and in bytes: a room of long texts costs no more memory than one of short ones.
import type { LogEvent } from '#shared/protocol/events.ts';

/** Entries that are kept at least, while their bytes allow it; up to twice as many, so that forgetting is rare and cheap. */
const ENTRIES = 1000;
/** Bytes of their JSON, likewise: at the fastest that a room may be written to (guarantees, "Overload"), more than a join takes. */
const BYTES = 1024 * 1024;

export class RecentEntries {
  #entries: LogEvent[] = [];
  /** Of each entry. */
  #sizes: number[] = [];
  #bytes = 0;

  /** Continues those before. */
  push(event: LogEvent): void {
    const size = JSON.stringify(event.data).length;
    this.#entries.push(event);
    this.#sizes.push(size);
    this.#bytes += size;
    if (this.#entries.length > 2 * ENTRIES || this.#bytes > 2 * BYTES) this.#forget();
  }

  /** Those after `seq`, up to `head`; undefined when some of them are forgotten. */
  after(seq: number, head: number): readonly LogEvent[] | undefined {
    const first = this.#entries[0]?.seq ?? head + 1;
    if (seq < head && seq + 1 < first) return undefined;
    return this.#entries.slice(seq + 1 - first);
  }

  #forget(): void {
    let from = this.#entries.length;
    let bytes = 0;
    while (from > this.#entries.length - ENTRIES && from > 0) {
      const size = this.#sizes[from - 1] as number;
      if (bytes + size > BYTES) break;
      bytes += size;
      from--;
    }
    this.#entries = this.#entries.slice(from);
    this.#sizes = this.#sizes.slice(from);
    this.#bytes = bytes;
  }
}
