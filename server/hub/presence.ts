// Who is there: claims of sockets and of the person, reduced to one effective presence per user, told to those who share a room.
import type { Presence, PresenceCounts } from '#shared/protocol/models.ts';
import { limits } from '#shared/protocol/primitives.ts';
import type { Outlet } from './ports.ts';
import { effective, type ManualClaim, same } from './presence-claims.ts';
import type { RoomFeed } from './room-feed.ts';
import type { RoomFeeds } from './room-feeds.ts';

interface Person {
  readonly sockets: Set<string>;
  /** When the last socket went; until the grace ends the person still counts as there (no flapping on a reload). */
  leftAt?: number;
  manual?: ManualClaim;
  /** What the rooms were told last. */
  told: Presence;
}

export interface PresenceHub {
  connected(user: string, socket: string): void;
  disconnected(user: string, socket: string): void;
  /** Somebody became a member of a room, or is none any more. */
  moved(room: string, user: string): void;
  set(user: string, claim: ManualClaim): Presence;
  /** As others see it. */
  get(user: string): Presence;
  /** Everybody of the room who is not offline. */
  inRoom(feed: RoomFeed): Presence[];
  online(feed: RoomFeed): number;
  /** Tells the rooms what changed. Called once a second, so that no socket gets more than one frame in that time. */
  flush(): void;
}

export function createPresence(deps: {
  feeds: RoomFeeds;
  outlet: Outlet;
  now(): number;
  /** Milliseconds between the last socket's end and being offline. */
  grace: number;
  /** The user has neither a socket nor a grace left. */
  gone(user: string): void;
}): PresenceHub {
  const { feeds, outlet, now, grace } = deps;
  const people = new Map<string, Person>();
  /** Those whose claims changed, or will by the mere passing of time. */
  const stirred = new Set<string>();
  /** By room, those who came or went: there they are news, whatever else they are told of. */
  const moved = new Map<string, Set<string>>();

  const current = (user: string, person: Person): Presence => {
    const there = person.sockets.size > 0 || (person.leftAt !== undefined && now() - person.leftAt < grace);
    const reduced = effective({ there, manual: person.manual }, now());
    const { user: _, since, ...told } = person.told;
    return same(told, reduced) ? person.told : { user, ...reduced, since: new Date(now()).toISOString() };
  };

  const get = (user: string): Presence => {
    const person = people.get(user);
    return person ? current(user, person) : offline(user, now());
  };

  const inRoom = (feed: RoomFeed): Presence[] => {
    const there: Presence[] = [];
    const [fewer, others] = people.size < feed.members.size ? [people, feed.members] : [feed.members, people];
    for (const user of fewer.keys()) {
      if (!others.has(user)) continue;
      const presence = get(user);
      if (presence.status !== 'offline') there.push(presence);
    }
    return there;
  };

  /** What became different since the rooms were told, and what is over. */
  const changes = (): Presence[] => {
    const changed: Presence[] = [];
    for (const user of stirred) {
      const person = people.get(user);
      if (!person) continue;
      const presence = current(user, person);
      if (presence !== person.told) {
        person.told = presence;
        changed.push(presence);
      }
      const waiting = person.sockets.size === 0 || person.manual?.until !== undefined;
      if (!waiting) stirred.delete(user);
      if (
        person.sockets.size === 0 &&
        presence.status === 'offline' &&
        now() - (person.leftAt ?? 0) >= grace
      ) {
        stirred.delete(user);
        people.delete(user);
        deps.gone(user);
      }
    }
    return changed;
  };

  return {
    connected(user, socket) {
      const person = people.get(user) ?? { sockets: new Set(), told: offline(user, now()) };
      people.set(user, person);
      person.sockets.add(socket);
      delete person.leftAt;
      stirred.add(user);
    },
    disconnected(user, socket) {
      const person = people.get(user);
      if (!person?.sockets.delete(socket) || person.sockets.size > 0) return;
      person.leftAt = now();
      stirred.add(user);
    },
    moved(room, user) {
      const here = moved.get(room);
      if (here) here.add(user);
      else moved.set(room, new Set([user]));
    },
    set(user, claim) {
      const person = people.get(user);
      if (!person) return offline(user, now());
      person.manual = claim;
      stirred.add(user);
      return current(user, person);
    },
    get,
    inRoom,
    online: feed => inRoom(feed).length,
    flush() {
      const changed = new Map(changes().map(presence => [presence.user, presence]));
      const perSocket = new Map<string, Map<string, Presence>>();
      for (const feed of feeds.all()) {
        const arrived = [...(moved.get(feed.room) ?? [])].filter(user => get(user).status !== 'offline');
        const here = [...new Set([...changed.keys(), ...arrived])]
          .filter(user => feed.members.has(user))
          .map(user => changed.get(user) ?? get(user));
        if (here.length === 0 && !moved.has(feed.room)) continue;
        const sockets = [...feed.listeners()];
        const there = inRoom(feed);
        if (there.length > limits.rosterUsers) {
          const counts: PresenceCounts = { active: 0, away: 0, dnd: 0 };
          for (const { status } of there) if (status !== 'offline') counts[status]++;
          outlet.presenceCounts(
            sockets.map(listener => listener.socket),
            { room: feed.room, counts },
          );
          continue;
        }
        for (const { socket } of here.length > 0 ? sockets : []) {
          const mine = perSocket.get(socket) ?? new Map<string, Presence>();
          perSocket.set(socket, mine);
          for (const presence of here) mine.set(presence.user, presence);
        }
      }
      moved.clear();
      for (const [socket, mine] of perSocket) outlet.presence(socket, [...mine.values()]);
    },
  };
}

const offline = (user: string, now: number): Presence => ({
  user,
  status: 'offline',
  sources: [],
  since: new Date(now).toISOString(),
});
