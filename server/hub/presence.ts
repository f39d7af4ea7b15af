// Tells rooms who is there: one frame a second at most, of effective changes only, to those who share a room; counts in a crowd.
import type { Presence, PresenceCounts } from '#shared/protocol/models.ts';
import { limits } from '#shared/protocol/primitives.ts';
import type { Bus } from './bus.ts';
import type { Outlet } from './ports.ts';
import { createPresenceBook, type PresenceBook } from './presence-book.ts';
import type { RoomFeed } from './room-feed.ts';
import type { RoomFeeds } from './room-feeds.ts';

export interface PresenceHub
  extends Pick<
    PresenceBook,
    'connected' | 'disconnected' | 'set' | 'get' | 'explain' | 'heard' | 'claimed' | 'unlinked'
  > {
  /** Somebody became a member of a room, or is none any more. */
  moved(room: string, user: string): void;
  /** Everybody of the room who is not offline. */
  inRoom(feed: RoomFeed): Presence[];
  online(feed: RoomFeed): number;
  /** Everybody who is not offline. */
  there(): string[];
  /** Tells rooms and other nodes what changed. Called once a second. */
  flush(): void;
  /** Repeats all of this node's claims to the others, within their lease. */
  share(): void;
}

export function createPresence(deps: {
  feeds: RoomFeeds;
  outlet: Outlet;
  bus: Bus;
  node: string;
  now(): number;
  grace: number;
  gone(user: string): void;
}): PresenceHub {
  const { feeds, outlet, bus, node } = deps;
  const book = createPresenceBook(deps);
  /** By room, those who came or went: there they are news, whatever else they are told of. */
  const moved = new Map<string, Set<string>>();

  const inRoom = (feed: RoomFeed): Presence[] => {
    const { people } = book;
    const [fewer, others] = people.size < feed.members.size ? [people, feed.members] : [feed.members, people];
    const there: Presence[] = [];
    for (const user of fewer.keys()) {
      if (!others.has(user)) continue;
      const presence = book.get(user);
      if (presence.status !== 'offline') there.push(presence);
    }
    return there;
  };

  /** The changes that concern a room: of its members, and of those who came while they were there already. */
  const newsFor = (feed: RoomFeed, changed: ReadonlyMap<string, Presence>): Presence[] => {
    const [fewer, others] =
      changed.size < feed.members.size ? [changed, feed.members] : [feed.members, changed];
    const news: Presence[] = [];
    for (const user of fewer.keys()) {
      const presence = others.has(user) && changed.get(user);
      if (presence) news.push(presence);
    }
    for (const user of moved.get(feed.room) ?? []) {
      const presence = book.get(user);
      if (feed.members.has(user) && !changed.has(user) && presence.status !== 'offline') news.push(presence);
    }
    return news;
  };

  const tellRooms = () => {
    const changed = new Map(book.changes().map(presence => [presence.user, presence]));
    const perSocket = new Map<string, Map<string, Presence>>();
    for (const feed of feeds.all()) {
      const news = newsFor(feed, changed);
      if (news.length === 0 && !moved.has(feed.room)) continue;
      const there = inRoom(feed);
      if (there.length > limits.rosterUsers) {
        const sockets = [...feed.listeners()].map(listener => listener.socket);
        outlet.presenceCounts(sockets, { room: feed.room, counts: countsOf(there) });
        continue;
      }
      if (news.length === 0) continue;
      for (const { socket } of feed.listeners()) {
        const mine = perSocket.get(socket) ?? new Map<string, Presence>();
        perSocket.set(socket, mine);
        for (const presence of news) mine.set(presence.user, presence);
      }
    }
    moved.clear();
    for (const [socket, mine] of perSocket) outlet.presence(socket, [...mine.values()]);
  };

  return {
    connected: book.connected,
    disconnected: book.disconnected,
    set: book.set,
    get: book.get,
    heard: book.heard,
    claimed: book.claimed,
    unlinked: book.unlinked,
    explain: book.explain,
    there: () => [...book.people.keys()].filter(user => book.get(user).status !== 'offline'),
    inRoom,
    online: feed => inRoom(feed).length,
    moved(room, user) {
      const here = moved.get(room);
      if (here) here.add(user);
      else moved.set(room, new Set([user]));
    },
    flush() {
      tellRooms();
      const people = book.news();
      if (people.length > 0) bus.publish('presence', { node, whole: false, people });
    },
    share() {
      bus.publish('presence', { node, whole: true, people: book.claims() });
    },
  };
}

function countsOf(there: Presence[]): PresenceCounts {
  const counts: PresenceCounts = { active: 0, away: 0, dnd: 0 };
  for (const { status } of there) if (status !== 'offline') counts[status]++;
  return counts;
}
