// Passing signs of life in a room, typing and reading: never stored, at most one a second per person and room, left out in crowds.
import { limits } from '#shared/protocol/primitives.ts';
import type { Bus, Hints } from './bus.ts';
import type { Outlet } from './ports.ts';
import type { RoomFeed } from './room-feed.ts';
import type { RoomFeeds } from './room-feeds.ts';

/** Typing ends by itself when the client does not repeat it, in milliseconds. */
const TYPING_LASTS = 6000;

interface Typing {
  /** What the room was told last, and what it is to be told. */
  told: boolean;
  on: boolean;
  until: number;
}

export interface Signals {
  /** From a socket that is in the room; from any other it is ignored. */
  typing(socket: string, user: string, room: string, on: boolean): void;
  read(room: string, user: string, seq: number): void;
  /** From another node. */
  heardTyping(hint: Hints['typing']): void;
  heardRead(hint: Hints['read']): void;
  /** The user has no socket any more. */
  gone(user: string): void;
  /** Carries out what has gathered. Called once a second. */
  flush(): void;
}

export function createSignals(deps: {
  feeds: RoomFeeds;
  outlet: Outlet;
  bus: Bus;
  online(feed: RoomFeed): number;
  now(): number;
}): Signals {
  const { feeds, outlet, bus, online, now } = deps;
  const typing = new Map<string, Map<string, Typing>>();
  const reading = new Map<string, Map<string, number>>();

  /** The room's sockets but the person's own; none in a crowd. */
  const others = (room: string, user: string): string[] => {
    const feed = feeds.get(room);
    if (!feed || online(feed) > limits.rosterUsers) return [];
    return [...feed.listeners()].filter(listener => listener.user !== user).map(listener => listener.socket);
  };

  const heardTyping = ({ room, user, on }: Hints['typing']) => {
    // Another node's word is a hint: only the log says who is in the room.
    if (!feeds.get(room)?.members.has(user)) return;
    const people = typing.get(room) ?? new Map<string, Typing>();
    typing.set(room, people);
    const state = people.get(user);
    if (state) Object.assign(state, { on, until: now() + TYPING_LASTS });
    else if (on) {
      people.set(user, { told: true, on, until: now() + TYPING_LASTS });
      outlet.typing(others(room, user), { room, user, on });
    }
  };

  const heardRead = ({ room, user, seq }: Hints['read']) => {
    if (!feeds.get(room)?.members.has(user)) return;
    const cursors = reading.get(room) ?? new Map<string, number>();
    reading.set(room, cursors);
    cursors.set(user, Math.max(seq, cursors.get(user) ?? 0));
  };

  return {
    heardTyping,
    heardRead,
    typing(socket, user, room, on) {
      if (!feeds.get(room)?.hears(socket)) return;
      heardTyping({ room, user, on });
      bus.publish('typing', { room, user, on });
    },
    read(room, user, seq) {
      heardRead({ room, user, seq });
      bus.publish('read', { room, user, seq });
    },
    gone(user) {
      for (const people of typing.values()) {
        const state = people.get(user);
        if (state) state.on = false;
      }
    },
    flush() {
      const time = now();
      for (const [room, people] of typing) {
        for (const [user, state] of people) {
          if (state.until <= time || !feeds.get(room)?.members.has(user)) state.on = false;
          // Kept for one more second after its end, so that who starts again at once waits for the next flush.
          if (!state.on && !state.told) people.delete(user);
          if (state.on !== state.told) outlet.typing(others(room, user), { room, user, on: state.on });
          state.told = state.on;
        }
        if (people.size === 0) typing.delete(room);
      }
      for (const [room, cursors] of reading) {
        for (const [user, seq] of cursors) outlet.read(others(room, user), { room, user, seq });
      }
      reading.clear();
    },
  };
}
