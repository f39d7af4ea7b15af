// One room's log as this node follows it: applies every entry once and in order, and carries it to the room's local sockets.
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Member } from '#shared/protocol/models.ts';
import type { Batch } from './log-writer.ts';
import type { FeedStart, Log, Outlet, RoomStore } from './ports.ts';

/** One socket in one room. It has been given everything up to `cursor`, and is given nothing beyond `until`. */
interface Subscriber {
  readonly socket: string;
  readonly user: string;
  cursor: number;
  until?: number;
  reason?: string;
}

interface RoomFeedDeps {
  readonly store: Pick<RoomStore, 'feedEvents'>;
  readonly outlet: Outlet;
  readonly log: Log;
  /** The log is not the one that this feed followed: a backup was restored. */
  lost(feed: RoomFeed): void;
}

/** How many applied entries a feed remembers, so that joining sockets need no second look at the database. */
const RECENT = 1000;
/** Sockets per turn of the loop; a larger fan-out lets others in between. */
const SLICE = 256;
/** Entries per frame. */
const FRAME = 500;
/** After a fan-out the room rests for as long as it took, so that one busy room leaves half of the loop to the others. */
const MAX_REST_MS = 200;

/**
 * The order that makes I9 hold: an entry's effect on membership comes before any later entry leaves. A removed user's sockets get
 * what was theirs, up to the removal itself, and nothing after it.
 */
export class RoomFeed {
  readonly room: string;
  readonly epoch: string;
  readonly members: Map<string, Member>;
  readonly #deps: RoomFeedDeps;
  readonly #subscribers = new Map<string, Subscriber>();
  /** The entry that began a member's stay, of those who came while this feed was open. */
  readonly #joinedAt = new Map<string, number>();
  #applied: number;
  #recent: LogEvent[] = [];
  /** Applied, not yet carried out. */
  #pending: LogEvent[] = [];
  #fanout: Promise<void> | undefined;
  #catchingUp: Promise<void> | undefined;
  #closed = false;

  constructor(room: string, start: FeedStart, deps: RoomFeedDeps) {
    this.room = room;
    this.epoch = start.epoch;
    this.members = new Map(start.members.map(member => [member.user, member]));
    this.#applied = start.head;
    this.#deps = deps;
  }

  get applied(): number {
    return this.#applied;
  }

  get sockets(): number {
    return this.#subscribers.size;
  }

  /** Sockets that hear the room's signals, with their users. */
  *listeners(): Iterable<{ socket: string; user: string }> {
    for (const subscriber of this.#subscribers.values()) if (subscriber.until === undefined) yield subscriber;
  }

  hears(socket: string): boolean {
    const subscriber = this.#subscribers.get(socket);
    return subscriber !== undefined && subscriber.until === undefined;
  }

  /** Takes a committed batch, in any order and any number of times: continues, closes a gap from the database, or ignores it. */
  offer(batch: Batch): void {
    if (this.#closed) return;
    if (batch.epoch !== this.epoch) {
      this.#deps.lost(this);
      return;
    }
    if (batch.head <= this.#applied) return;
    const next = batch.events.find(event => event.seq > this.#applied);
    if (next?.seq !== this.#applied + 1 || this.#catchingUp) {
      void this.reach(batch.head).catch(error =>
        this.#deps.log.warn(
          { err: error, room: this.room },
          'room feed: could not close a gap, the next poll will',
        ),
      );
      return;
    }
    for (const event of batch.events) this.#apply(event);
    this.#schedule();
  }

  /** Reads the log until the feed has applied `head`. @throws Unreachable */
  async reach(head: number): Promise<void> {
    while (this.#applied < head && !this.#closed) {
      this.#catchingUp ??= this.#readGap().finally(() => {
        this.#catchingUp = undefined;
      });
      await this.#catchingUp;
    }
  }

  /**
   * Subscribes a socket at the feed's place, in the same turn in which the answer is made: what the answer does not hold comes live.
   * @param from where the socket's copy of the log ends, read while its user was a member
   * @returns the entries after `from`; undefined when the feed no longer remembers them, or when the user went and came back since,
   *   so that not all of them are theirs
   */
  attach(socket: string, user: string, from: number): readonly LogEvent[] | undefined {
    const first = this.#recent[0]?.seq ?? this.#applied + 1;
    if (from < this.#applied && from + 1 < first) return undefined;
    if ((this.#joinedAt.get(user) ?? 0) > from) return undefined;
    this.#subscribers.set(socket, { socket, user, cursor: this.#applied });
    return this.#recent.slice(from + 1 - first);
  }

  detach(socket: string): void {
    this.#subscribers.delete(socket);
  }

  /** Ends the feed and tells its sockets to join again. */
  close(push: 'resync' | 'silently'): void {
    this.#closed = true;
    if (push === 'resync') this.#restart([...this.#subscribers.keys()]);
    this.#subscribers.clear();
  }

  #restart(sockets: string[]): void {
    for (const socket of sockets) this.detach(socket);
    this.#deps.outlet.resync(sockets, { room: this.room, head: this.#applied });
  }

  async #readGap(): Promise<void> {
    const page = await this.#deps.store.feedEvents(this.room, this.#applied);
    if (this.#closed) return;
    if (!page || page.epoch !== this.epoch || page.head < this.#applied) {
      this.#deps.lost(this);
      return;
    }
    for (const event of page.items) this.#apply(event);
    this.#schedule();
  }

  #apply(event: LogEvent): void {
    if (event.seq !== this.#applied + 1) return;
    this.#applied = event.seq;
    switch (event.type) {
      case 'member.joined': {
        const { user, name, role } = event.data;
        this.members.set(user, { user, name, role });
        this.#joinedAt.set(user, event.seq);
        break;
      }
      case 'member.role': {
        const member = this.members.get(event.data.user);
        if (member) this.members.set(member.user, { ...member, role: event.data.role });
        break;
      }
      case 'member.left':
        this.#end(event.data.user, event.seq, 'You left this room.');
        break;
      case 'member.removed':
        this.#end(event.data.user, event.seq, removalReason(event.data));
        break;
    }
    this.#pending.push(event);
    this.#recent.push(event);
    if (this.#recent.length > 2 * RECENT) this.#recent = this.#recent.slice(-RECENT);
  }

  #end(user: string, seq: number, reason: string): void {
    this.members.delete(user);
    this.#joinedAt.delete(user);
    for (const subscriber of this.#subscribers.values()) {
      if (subscriber.user === user && subscriber.cursor < seq && subscriber.until === undefined) {
        subscriber.until = seq;
        subscriber.reason = reason;
      }
    }
  }

  /** Always a later turn of the loop: the answer to a join, made in this one, leaves before the frames that follow it. */
  #schedule(): void {
    this.#fanout ??= this.#carryOut().catch(error => {
      this.#fanout = undefined;
      this.#deps.log.error({ err: error, room: this.room }, 'room feed: fan-out failed');
    });
  }

  async #carryOut(): Promise<void> {
    await turn();
    while (this.#pending.length > 0 && !this.#closed) {
      const events = this.#pending.slice(0, FRAME);
      this.#pending = this.#pending.slice(FRAME);
      const spent = await this.#send(events);
      await (spent > 1 ? pause(Math.min(spent, MAX_REST_MS)) : turn());
    }
    this.#fanout = undefined;
  }

  /** One frame to every subscriber whose place it continues, a part of it to the others. Returns the milliseconds it took. */
  async #send(events: LogEvent[]): Promise<number> {
    const first = (events[0] as LogEvent).seq;
    const last = first + events.length - 1;
    const { room, epoch } = this;
    let spent = 0;
    let started = performance.now();
    let slice: string[] = [];
    const leave = () => {
      if (slice.length > 0) this.#deps.outlet.events(slice, { room, epoch, events });
      slice = [];
      spent += performance.now() - started;
    };
    for (const subscriber of this.#subscribers.values()) {
      const end = Math.min(last, subscriber.until ?? last);
      if (subscriber.cursor === first - 1 && end === last) {
        slice.push(subscriber.socket);
      } else if (subscriber.cursor < first - 1) {
        // Cannot be, unless an earlier fan-out broke off: better a known restart than a hole (I5).
        this.#restart([subscriber.socket]);
      } else if (subscriber.cursor < end) {
        const part = events.slice(subscriber.cursor + 1 - first, end + 1 - first);
        this.#deps.outlet.events([subscriber.socket], { room, epoch, events: part });
      }
      subscriber.cursor = Math.max(subscriber.cursor, last);
      if (subscriber.until !== undefined && subscriber.until <= last) {
        // The slice may hold the last frame of this very socket.
        leave();
        started = performance.now();
        this.detach(subscriber.socket);
        this.#deps.outlet.removed(subscriber.socket, { room, reason: subscriber.reason as string });
      } else if (slice.length >= SLICE) {
        leave();
        await turn();
        if (this.#closed) return spent;
        started = performance.now();
      }
    }
    leave();
    return spent;
  }
}

function removalReason({
  ban,
}: {
  ban?: { until?: string | undefined; reason?: string | undefined } | undefined;
}): string {
  if (!ban) return 'You were removed from this room.';
  const until = ban.until ? ` until ${ban.until}` : '';
  return `You were banned from this room${until}${ban.reason ? `: ${ban.reason}` : '.'}`;
}

const turn = () => new Promise<void>(resolve => setImmediate(resolve));
const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
