// The domain in one piece: wires writer, feeds, presence and signals, and offers each family of calls by its noun.
import { createBackground } from './background.ts';
import { createLogWriter } from './log-writer.ts';
import { createMessages } from './messages.ts';
import type { Actor, Log, Outlet, RoomStore } from './ports.ts';
import { createPresence } from './presence.ts';
import { createReadCursors } from './read-cursors.ts';
import { createRoomFeeds } from './room-feeds.ts';
import { createRooms } from './rooms.ts';
import { createSignals } from './signals.ts';

export type Hub = ReturnType<typeof createHub>;

export interface HubOptions {
  readonly store: RoomStore;
  readonly outlet: Outlet;
  readonly log: Log;
  readonly now?: () => number;
  /** Milliseconds for which a person without a socket still counts as there. */
  readonly presenceGrace?: number;
}

/** Milliseconds between looks at the heads of all local rooms. */
const POLL = 2000;

export function createHub({ store, outlet, log, now = Date.now, presenceGrace = 10_000 }: HubOptions) {
  const feeds = createRoomFeeds({
    store,
    outlet,
    log,
    moved: (room, user) => presence.moved(room, user),
  });
  const writer = createLogWriter({ store, committed: feeds.offer, log });
  const cursors = createReadCursors({ store, log });
  const presence = createPresence({
    feeds,
    outlet,
    now,
    grace: presenceGrace,
    gone: user => signals.gone(user),
  });
  const signals = createSignals({ feeds, outlet, online: presence.online, now });
  const background = createBackground(log);
  background.every(POLL, 'compare heads', feeds.poll);
  background.every(1000, 'presence and signals', () => {
    presence.flush();
    signals.flush();
  });

  return {
    rooms: createRooms({ store, writer, feeds, presence }),
    messages: createMessages({ store, writer }),
    presence,
    signals,
    background,
    /** A socket of a signed-in person has come, or gone. */
    connected(actor: Actor, socket: string): void {
      presence.connected(actor.id, socket);
    },
    disconnected(actor: Actor, socket: string): void {
      feeds.detachAll(socket);
      presence.disconnected(actor.id, socket);
    },
    async markRead(actor: Actor, room: string, seq: number): Promise<{ readSeq: number }> {
      const { readSeq, moved } = await cursors.mark(actor, room, seq);
      if (moved) signals.read(room, actor.id, readSeq);
      return { readSeq };
    },
    /** Drafts that wait for the database. */
    get waiting(): number {
      return writer.waiting;
    },
    /** Finishes what was begun; takes nothing new. */
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all([writer[Symbol.asyncDispose](), cursors[Symbol.asyncDispose]()]);
      await background[Symbol.asyncDispose]();
      for (const feed of feeds.all()) feed.close();
    },
  };
}
