// The delivery ledger of this node: notes which entries its sockets were given and how, and writes the notes down every few seconds. What it
// noted last is lost with a node that is killed, and then nobody says that it was not given.
import type { LogEvent } from '#shared/protocol/events.ts';
import { asCarried, CarriedRanges, type Range } from './carried-ranges.ts';
import { Unreachable } from './errors.ts';
import type { Carrier, HandOvers, Stay } from './hand-overs.ts';
import { NamedEntries } from './named-entries.ts';
import type { Log } from './ports.ts';
import type { DeliveryNote, LedgerStore, Via } from './ports-ledger.ts';

/** Notes in one statement. */
const GROUP = 1000;
/** Milliseconds after which a node that has nothing to write says that it is there. */
const QUIET = 15_000;

/** As a connection names itself. */
export interface Origin {
  readonly client?: string | undefined;
  readonly device: string;
}

interface Who extends Origin {
  readonly user: string;
  readonly socket: string;
}

interface Item {
  readonly who: Who;
  readonly room: string;
  readonly epoch?: string | undefined;
  readonly via: Via;
  readonly thread: string;
  first: number;
  last?: number | undefined;
  /** Milliseconds of this process's clock. */
  readonly from: number;
  to: number;
}

interface Batch {
  readonly ranges: readonly Range[];
  readonly items: readonly Item[];
}

export class Ledger implements HandOvers, AsyncDisposable {
  readonly #store: LedgerStore;
  readonly #node: string;
  readonly #log: Log;
  readonly #run: string = crypto.randomUUID();
  readonly #sockets = new Map<string, Who>();
  readonly #carried = new CarriedRanges();
  readonly #named = new NamedEntries<Who>();
  /** Given or ended since the last writing. */
  #items: Item[] = [];
  /** The last given range of each kind, which the next may continue. */
  #open = new Map<string, Item>();
  /** Taken, and not written yet. No more of it than there are sockets and answered calls: without a database nothing is answered. */
  #unwritten: Batch[] = [];
  #writing: Promise<void> = Promise.resolve();
  #wrote = Number.NEGATIVE_INFINITY;
  /** What to add to this process's clock for the database's. */
  #clock: number | undefined;

  constructor({ store, node, log }: { store: LedgerStore; node: string; log: Log }) {
    this.#store = store;
    this.#node = node;
    this.#log = log;
  }

  connected(user: string, socket: string, { client, device }: Origin): void {
    this.#sockets.set(socket, { user, socket, client, device });
  }

  disconnected(socket: string): void {
    const who = this.#sockets.get(socket);
    if (who) this.#named.gone(who);
    this.#sockets.delete(socket);
  }

  carried(carrier: Carrier, events: readonly LogEvent[]): void {
    this.#carried.carried(carrier, events, this.#clock);
  }

  ended(carrier: Carrier, stay: Stay): void {
    const who = this.#sockets.get(stay.socket);
    if (who && stay.cursor > stay.since) this.#items.push(live(carrier, stay, who, stay.cursor));
  }

  closed(carrier: Carrier): void {
    this.#carried.closed(carrier);
  }

  /** This socket was answered with these, in the order of the log; a page of one thread names the message above it. */
  given(
    socket: string,
    via: 'recovered' | 'page',
    { room, epoch, thread = '' }: { room: string; epoch: string; thread?: string | undefined },
    entries: readonly { readonly seq: number }[],
  ): void {
    const who = this.#sockets.get(socket);
    const [first, last] = [entries[0]?.seq, entries.at(-1)?.seq];
    if (!who || first === undefined || last === undefined) return;
    const now = performance.now();
    const key = [socket, via, room, epoch, thread].join(' ');
    const open = this.#open.get(key);
    if (open && first <= (open.last as number) + 1 && last >= open.first - 1) {
      open.first = Math.min(open.first, first);
      open.last = Math.max(open.last as number, last);
      open.to = now;
      return;
    }
    const item: Item = { who, room, epoch, via, thread, first, last, from: now, to: now };
    this.#open.set(key, item);
    this.#items.push(item);
  }

  /** The device of this socket says that it has, or that its user has read, all up to this entry. */
  named(
    socket: string,
    via: 'acknowledged' | 'read',
    { room, epoch }: { room: string; epoch?: string | undefined },
    seq: number,
  ): void {
    const who = this.#sockets.get(socket);
    if (who && seq > 0) this.#named.named(who, { room, via, epoch }, seq);
  }

  /** Writes down all that was noted. @throws Unreachable then it is kept for the next time */
  write(ended = false): Promise<void> {
    const after = this.#writing.catch(() => {});
    this.#writing = after.then(() => this.#write(ended));
    return this.#writing;
  }

  /** Writes the rest, and that this node has ended. Feeds are closed before. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.write(true).catch(error =>
      this.#log.warn({ err: error }, 'who was given what in the last seconds is not written down'),
    );
  }

  async #write(ended: boolean): Promise<void> {
    this.#unwritten.push(...this.#take());
    const quiet = this.#unwritten.length === 0 && performance.now() - this.#wrote < QUIET;
    if (quiet && !ended) return;
    do {
      const batch = this.#unwritten[0] ?? { ranges: [], items: [] };
      const at = performance.now();
      try {
        const { now } = await this.#store.noteDeliveries({
          run: this.#run,
          node: this.#node,
          ended: ended && this.#unwritten.length <= 1,
          carried: batch.ranges.map(range => asCarried(range, at)),
          items: batch.items.map(item => asNote(item, at)),
        });
        this.#clock = now - performance.now();
        this.#wrote = performance.now();
      } catch (error) {
        if (error instanceof Unreachable) throw error;
        this.#log.error({ err: error, notes: batch.items.length }, 'the delivery ledger refused notes');
      }
      this.#unwritten.shift();
    } while (this.#unwritten.length > 0);
  }

  /** Ranges last: of who died in between it is never said that they were given more than they were. */
  #take(): Batch[] {
    const { ranges, carriers } = this.#carried.take();
    for (const carrier of carriers) {
      for (const stay of carrier.stays()) {
        const who = this.#sockets.get(stay.socket);
        if (stay.noted || !who || stay.cursor <= stay.since) continue;
        stay.noted = true;
        this.#items.push(live(carrier, stay, who));
      }
    }
    for (const { who, ...mark } of this.#named.take()) this.#items.push({ ...mark, who, thread: '' });
    const items = this.#items;
    this.#items = [];
    this.#open = new Map();
    const batches: Batch[] = [];
    for (let i = 0; i < items.length; i += GROUP)
      batches.push({ ranges: [], items: items.slice(i, i + GROUP) });
    const last = batches.pop();
    if (last || ranges.length > 0) batches.push({ ranges, items: last?.items ?? [] });
    return batches;
  }
}

function live({ place }: Carrier, { since, began }: Stay, who: Who, last?: number): Item {
  return {
    ...place,
    who,
    via: 'live',
    thread: '',
    first: since + 1,
    last,
    from: began,
    to: performance.now(),
  };
}

/** @param at milliseconds of this process's clock */
function asNote({ who, from, to, ...item }: Item, at: number): DeliveryNote {
  return { ...who, ...item, fromAgo: at - from, ago: at - to };
}
