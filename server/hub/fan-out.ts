// One room's local sockets, and how its entries reach them: each entry once and in order, many in one frame when the room is busy.
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Carrier, HandOvers, Stay } from './hand-overs.ts';
import type { Log, Outlet } from './ports.ts';

/** One socket in the room. It has been given everything up to `cursor`, and is given nothing beyond `until`. */
interface Subscriber extends Stay {
  cursor: number;
  until?: { readonly seq: number; readonly reason: string };
}

/** Sockets per turn of the loop; a larger fan-out lets others in between. */
const SLICE = 256;
/** Entries per frame. */
const FRAME = 500;
/** After a fan-out the room rests for as long as it took, so that one busy room leaves half of the loop to the others. */
const MAX_REST_MS = 200;

export class FanOut implements Carrier {
  readonly place: { readonly room: string; readonly epoch: string };
  readonly #outlet: Outlet;
  readonly #log: Log;
  readonly #handOvers: HandOvers | undefined;
  readonly #subscribers = new Map<string, Subscriber>();
  /** Entries that have not left yet. */
  #pending: LogEvent[] = [];
  #leaving: Promise<void> | undefined;
  #closed = false;

  constructor(
    room: string,
    epoch: string,
    deps: { outlet: Outlet; log: Log; handOvers?: HandOvers | undefined },
  ) {
    this.place = { room, epoch };
    this.#outlet = deps.outlet;
    this.#log = deps.log;
    this.#handOvers = deps.handOvers;
  }

  get size(): number {
    return this.#subscribers.size;
  }

  /** Sockets that may hear the room, with their users: those whose stay has not ended. */
  *listeners(): Iterable<{ readonly socket: string; readonly user: string }> {
    for (const subscriber of this.#subscribers.values()) if (!subscriber.until) yield subscriber;
  }

  has(socket: string): boolean {
    const subscriber = this.#subscribers.get(socket);
    return subscriber !== undefined && !subscriber.until;
  }

  /** Gives this socket what comes after `cursor`. */
  add(socket: string, user: string, cursor: number): void {
    this.remove(socket);
    this.#subscribers.set(socket, {
      socket,
      user,
      cursor,
      since: cursor,
      began: performance.now(),
      noted: false,
    });
  }

  remove(socket: string): void {
    const subscriber = this.#subscribers.get(socket);
    if (!subscriber) return;
    this.#subscribers.delete(socket);
    this.#handOvers?.ended(this, subscriber);
  }

  stays(): Iterable<Stay> {
    return this.#subscribers.values();
  }

  /** Ends a user's stay: their sockets are given entry `seq`, the reason, and nothing more (I9). */
  end(user: string, seq: number, reason: string): void {
    for (const subscriber of this.#subscribers.values()) {
      if (subscriber.user === user && subscriber.cursor < seq) subscriber.until ??= { seq, reason };
    }
  }

  /**
   * Carries entries out, which continue those before. Always in a later turn of the loop: the answer to a join, made in this one, leaves
   * before the frames that follow it.
   */
  push(event: LogEvent): void {
    this.#pending.push(event);
    this.#leaving ??= this.#leave().catch(error => {
      this.#leaving = undefined;
      this.#log.error({ err: error, ...this.place }, 'fan-out failed');
    });
  }

  /** Tells the sockets to join again from where they are, and forgets them. */
  restart(sockets: readonly string[] = [...this.#subscribers.keys()]): void {
    const head = Math.max(0, ...sockets.map(socket => this.#subscribers.get(socket)?.cursor ?? 0));
    for (const socket of sockets) this.remove(socket);
    if (sockets.length > 0) this.#outlet.resync(sockets, { room: this.place.room, head });
  }

  close(): void {
    this.#closed = true;
    for (const socket of [...this.#subscribers.keys()]) this.remove(socket);
    this.#handOvers?.closed(this);
  }

  async #leave(): Promise<void> {
    await turn();
    while (this.#pending.length > 0 && !this.#closed) {
      const events = this.#pending.slice(0, FRAME);
      this.#pending = this.#pending.slice(FRAME);
      const spent = await this.#send(events);
      if (!this.#closed) this.#handOvers?.carried(this, events);
      await (spent > 1 ? pause(Math.min(spent, MAX_REST_MS)) : turn());
    }
    this.#leaving = undefined;
  }

  /** One frame to every subscriber whose place it continues, a part of it to the others. Returns the milliseconds it took. */
  async #send(events: LogEvent[]): Promise<number> {
    const first = (events[0] as LogEvent).seq;
    const last = first + events.length - 1;
    let spent = 0;
    let started = performance.now();
    let whole: string[] = [];
    let visited = 0;
    const flush = () => {
      if (whole.length > 0) this.#outlet.events(whole, { ...this.place, events });
      whole = [];
    };
    for (const subscriber of this.#subscribers.values()) {
      const { socket, cursor, until } = subscriber;
      const end = Math.min(last, until?.seq ?? last);
      if (cursor < first - 1 || this.#outlet.clogged(socket)) {
        // Too slow, or, which cannot be, left behind by a fan-out that broke off: a known restart, not a buffer or a hole (I5).
        this.restart([socket]);
        continue;
      } else if (cursor === first - 1 && end === last) {
        whole.push(socket);
      } else if (cursor < end) {
        this.#outlet.events([socket], {
          ...this.place,
          events: events.slice(cursor + 1 - first, end + 1 - first),
        });
      }
      subscriber.cursor = Math.max(cursor, end);
      if (until && until.seq <= last) {
        // The whole frame may hold this very socket's last entry.
        flush();
        this.remove(socket);
        this.#outlet.removed(socket, { room: this.place.room, reason: until.reason });
      }
      if (++visited % SLICE > 0) continue;
      flush();
      spent += performance.now() - started;
      await turn();
      if (this.#closed) return spent;
      started = performance.now();
    }
    flush();
    return spent + performance.now() - started;
  }
}

const turn = () => new Promise<void>(resolve => setImmediate(resolve));
const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
