// One room's log as this node follows it: applies every entry once and in order, and hands it to the room's local sockets.
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Member } from '#shared/protocol/models.ts';
import { FanOut } from './fan-out.ts';
import type { HandOvers } from './hand-overs.ts';
import type { Batch } from './log-writer.ts';
import type { FeedStart, Log, Outlet, RoomStore } from './ports.ts';
import { RecentEntries } from './recent-entries.ts';

interface RoomFeedDeps {
  readonly store: Pick<RoomStore, 'feedEvents'>;
  readonly outlet: Outlet;
  readonly log: Log;
  /** Is told what is handed over. */
  readonly handOvers?: HandOvers | undefined;
  /** The log is not the one that this feed followed: a backup was restored. */
  lost(feed: RoomFeed): void;
  /** Somebody became a member, or is none any more. */
  moved(room: string, user: string): void;
}

/** The order that makes I9 hold: an entry's effect on membership comes before any later entry leaves. */
export class RoomFeed {
  readonly room: string;
  readonly epoch: string;
  readonly members: Map<string, Member>;
  readonly #deps: RoomFeedDeps;
  readonly #sockets: FanOut;
  /** The entry that began a member's stay, of those who came while this feed was open. */
  readonly #joinedAt = new Map<string, number>();
  /** Applied ones, so that joining sockets need no second look at the database. */
  readonly #recent = new RecentEntries();
  #applied: number;
  #catchingUp: Promise<void> | undefined;
  #closed = false;

  constructor(room: string, start: FeedStart, deps: RoomFeedDeps) {
    this.room = room;
    this.epoch = start.epoch;
    this.members = new Map(start.members.map(member => [member.user, member]));
    this.#applied = start.head;
    this.#deps = deps;
    this.#sockets = new FanOut(room, start.epoch, deps);
  }

  get applied(): number {
    return this.#applied;
  }

  /** Nobody is subscribed. */
  get idle(): boolean {
    return this.#sockets.size === 0;
  }

  listeners(): Iterable<{ readonly socket: string; readonly user: string }> {
    return this.#sockets.listeners();
  }

  hears(socket: string): boolean {
    return this.#sockets.has(socket);
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
    if (next?.seq === this.#applied + 1 && !this.#catchingUp) {
      for (const event of batch.events) this.#apply(event);
      return;
    }
    void this.reach(batch.head).catch(error =>
      this.#deps.log.warn({ err: error, room: this.room }, 'could not close a gap; the next poll will'),
    );
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
    const missed = this.#recent.after(from, this.#applied);
    if (!missed || (this.#joinedAt.get(user) ?? 0) > from) return undefined;
    this.#sockets.add(socket, user, this.#applied);
    return missed;
  }

  detach(socket: string): void {
    this.#sockets.remove(socket);
  }

  /** Ends the feed; those who still listen are told to join again. */
  close(): void {
    this.#closed = true;
    this.#sockets.restart();
    this.#sockets.close();
  }

  async #readGap(): Promise<void> {
    const page = await this.#deps.store.feedEvents(this.room, this.#applied);
    if (this.#closed) return;
    if (!page || page.epoch !== this.epoch || page.head < this.#applied) {
      this.#deps.lost(this);
      return;
    }
    for (const event of page.items) this.#apply(event);
  }

  #apply(event: LogEvent): void {
    if (event.seq !== this.#applied + 1) return;
    this.#applied = event.seq;
    switch (event.type) {
      case 'member.joined': {
        const { user, name, role } = event.data;
        this.members.set(user, { user, name, role });
        this.#joinedAt.set(user, event.seq);
        this.#deps.moved(this.room, user);
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
    this.#recent.push(event);
    this.#sockets.push(event);
  }

  #end(user: string, seq: number, reason: string): void {
    this.members.delete(user);
    this.#joinedAt.delete(user);
    this.#deps.moved(this.room, user);
    this.#sockets.end(user, seq, reason);
  }
}

interface Removal {
  ban?: { until?: string | undefined; reason?: string | undefined } | undefined;
}

function removalReason({ ban }: Removal): string {
  if (!ban) return 'You were removed from this room.';
  const until = ban.until ? ` until ${ban.until}` : '';
  return `You were banned from this room${until}${ban.reason ? `: ${ban.reason}` : '.'}`;
}
