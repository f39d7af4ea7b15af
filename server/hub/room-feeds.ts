// The rooms this node follows: one feed per room with a local socket, opened with the first and closed with the last.
import { HubError, notFound } from './errors.ts';
import type { HandOvers } from './hand-overs.ts';
import type { Batch } from './log-writer.ts';
import type { Log, Outlet, RoomStore } from './ports.ts';
import { RoomFeed } from './room-feed.ts';

export interface RoomFeeds {
  /**
   * The feed of a room, of that very log (I15), having applied at least `head`. It stays open until `release`.
   * @throws HubError, Unreachable
   */
  open(room: string, place: { readonly epoch: string; readonly head: number }): Promise<RoomFeed>;
  /** Gives back what `open` lent: a feed that nobody uses or hears is closed. */
  release(feed: RoomFeed): void;
  get(room: string): RoomFeed | undefined;
  all(): Iterable<RoomFeed>;
  readonly size: number;
  /** The feeds in which this socket is subscribed. */
  heardBy(socket: string): RoomFeed[];
  subscribed(socket: string, feed: RoomFeed): void;
  detach(socket: string, room: string): void;
  detachAll(socket: string): void;
  offer(batches: readonly Batch[]): void;
  /** Compares the places of all feeds with the database, so that a lost hint heals by itself. */
  poll(): Promise<void>;
}

export function createRoomFeeds(deps: {
  store: Pick<RoomStore, 'openFeed' | 'feedEvents' | 'heads'>;
  outlet: Outlet;
  log: Log;
  handOvers?: HandOvers;
  moved(room: string, user: string): void;
}): RoomFeeds {
  const { store } = deps;
  const feeds = new Map<string, RoomFeed>();
  const opening = new Map<string, Promise<RoomFeed>>();
  const users = new Map<RoomFeed, number>();
  const bySocket = new Map<string, Set<RoomFeed>>();

  const use = (feed: RoomFeed, change: 1 | -1) => {
    const count = (users.get(feed) ?? 0) + change;
    if (count > 0) users.set(feed, count);
    else users.delete(feed);
  };

  const closeIfIdle = (feed: RoomFeed) => {
    if (!feed.idle || users.has(feed) || feeds.get(feed.room) !== feed) return;
    feeds.delete(feed.room);
    feed.close();
  };

  const lost = (feed: RoomFeed) => {
    if (feeds.get(feed.room) !== feed) return;
    deps.log.warn(
      { room: feed.room, epoch: feed.epoch },
      'room feed: the log is another one now, clients start again',
    );
    feeds.delete(feed.room);
    feed.close();
  };

  const begin = async (room: string): Promise<RoomFeed> => {
    const start = await store.openFeed(room);
    if (!start) throw notFound('There is no such room.');
    const feed = new RoomFeed(room, start, { ...deps, lost });
    feeds.set(room, feed);
    return feed;
  };

  const followed = async (room: string): Promise<RoomFeed> => {
    const open = feeds.get(room);
    if (open) return open;
    const pending = opening.get(room) ?? begin(room).finally(() => opening.delete(room));
    opening.set(room, pending);
    return pending;
  };

  return {
    async open(room, { epoch, head }) {
      // A feed can be closed between being found and being used; the second look then opens a new one.
      for (let attempt = 0; attempt < 5; attempt++) {
        const feed = await followed(room);
        if (feeds.get(room) !== feed) continue;
        // Either the feed follows a log that is no more, or the caller read one: the next feed will tell.
        if (feed.epoch !== epoch) {
          lost(feed);
          continue;
        }
        use(feed, 1);
        try {
          await feed.reach(head);
        } catch (error) {
          this.release(feed);
          throw error;
        }
        if (feeds.get(room) === feed) return feed;
        this.release(feed);
      }
      throw new HubError('unavailable', 'The room is being restored; try again.', { retryAfterMs: 1000 });
    },
    release(feed) {
      use(feed, -1);
      closeIfIdle(feed);
    },
    get: room => feeds.get(room),
    all: () => feeds.values(),
    get size() {
      return feeds.size;
    },
    heardBy: socket => [...(bySocket.get(socket) ?? [])].filter(feed => feed.hears(socket)),
    subscribed(socket, feed) {
      const heard = bySocket.get(socket);
      if (heard) heard.add(feed);
      else bySocket.set(socket, new Set([feed]));
    },
    detach(socket, room) {
      const feed = feeds.get(room);
      if (!feed) return;
      feed.detach(socket);
      bySocket.get(socket)?.delete(feed);
      closeIfIdle(feed);
    },
    detachAll(socket) {
      for (const feed of bySocket.get(socket) ?? []) {
        feed.detach(socket);
        closeIfIdle(feed);
      }
      bySocket.delete(socket);
    },
    offer(batches) {
      for (const batch of batches) feeds.get(batch.room)?.offer(batch);
    },
    async poll() {
      // Of the feeds there are now: one that is opened while we wait is not in the answer.
      const asked = [...feeds.values()];
      if (asked.length === 0) return;
      const heads = await store.heads(asked.map(feed => feed.room));
      for (const feed of asked) {
        if (feeds.get(feed.room) !== feed) continue;
        const there = heads[feed.room];
        if (!there) lost(feed);
        else feed.offer({ room: feed.room, epoch: there.epoch, head: there.head, events: [] });
        closeIfIdle(feed);
      }
    },
  };
}
