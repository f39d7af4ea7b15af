// What runs, as this node knows it, and which of its sockets were shown what. Whatever is lost on the way here, a hint or a whole node, the next
// look at the database heals.
import type { Announcement } from '#shared/protocol/announcements.ts';
import type { Push } from '#shared/protocol/pushes.ts';
import { createGroupCommit } from './group-commit.ts';
import type { Log, Outlet } from './ports.ts';
import type { AnnouncementStore, Greeting, Owed, Running } from './ports-announcements.ts';
import type { SocketBook } from './socket-book.ts';

/** Sockets that are told between two turns of the loop. */
const SLICE = 500;
/** Marks in one statement. */
const MARKS = 1000;
/** People asked about in one statement. */
const PEOPLE = 2000;
/** No version that the database gives. */
const UNSEEN = -1;

interface Shown {
  readonly push: Running;
  /** By socket, how many reminders it has seen. */
  readonly sockets: Map<string, number>;
}

/** What somebody is told as they come, and how far this node knew what runs just then. */
export interface Welcome {
  readonly announcements: readonly Greeting[];
  readonly asOf: number;
}

export interface AnnouncementBook extends AsyncDisposable {
  /** Looks at what runs, and tells this node's sockets what is new to them. */
  sync(): Promise<void>;
  /** What somebody who comes is owed. @throws Unreachable */
  greet(user: string): Promise<Welcome>;
  /** Their socket is open, and has been told that. */
  welcomed(user: string, socket: string, welcome: Welcome | undefined): void;
  /** Somebody may be owed more than before: they joined a room. */
  moved(user: string): void;
  /** It is over for these people, on this node. */
  gone(id: string, users: readonly string[], reason: Push<'announcement:gone'>['reason']): void;
  left(socket: string): void;
}

export function createAnnouncementBook(deps: {
  store: AnnouncementStore;
  sockets: SocketBook;
  outlet: Outlet;
  log: Log;
}): AnnouncementBook {
  const { store, sockets, outlet, log } = deps;
  const running = new Map<string, Shown>();
  /** Grows with every change of `running`. */
  let asOf = 0;
  /** Until the first look, nobody knows whether something runs. */
  let looked = false;
  const moved = new Set<string>();
  let syncing: Promise<void> | undefined;
  let again = false;

  const marks = createGroupCommit<{ id: string; user: string }, undefined>({
    name: 'announcements delivered',
    log,
    group: MARKS,
    queue: Number.POSITIVE_INFINITY,
    async run(items) {
      await store.delivered(items);
      return items.map(() => undefined);
    },
  });
  const mark = ({ id, user, delivered }: Owed) => {
    // Only a number depends on it, and the next look shows them as pending.
    if (!delivered)
      marks.add({ id, user }).catch(error => log.warn({ err: error, id }, 'not marked as delivered'));
  };

  const tell = async (owed: readonly Owed[]): Promise<void> => {
    /** By announcement and number of reminders: who gets the same, gets it encoded once. */
    const groups = new Map<
      string,
      { entry: Shown; reminders: number; people: (Owed & { socket: string })[] }
    >();
    for (const one of owed) {
      const entry = running.get(one.id);
      if (!entry) continue;
      for (const socket of sockets.of(one.user)) {
        const seen = entry.sockets.get(socket);
        if (seen !== undefined && seen >= one.reminders) continue;
        const key = `${one.id} ${one.reminders}`;
        const group = groups.get(key) ?? { entry, reminders: one.reminders, people: [] };
        groups.set(key, group);
        group.people.push({ ...one, socket });
      }
    }
    for (const { entry, reminders, people } of groups.values()) {
      const { version: _, ...announcement } = entry.push;
      const push: Announcement = { ...announcement, ...(reminders > 0 && { reminder: reminders }) };
      for (let i = 0; i < people.length; i += SLICE) {
        // Again, since turns have passed: who has answered or gone meanwhile is told no more.
        if (running.get(push.id) !== entry) break;
        const slice = people
          .slice(i, i + SLICE)
          .filter(({ user, socket }) => sockets.of(user).includes(socket));
        outlet.announcement(
          slice.map(({ socket }) => socket),
          { name: 'announcement', payload: push },
        );
        for (const one of slice) {
          entry.sockets.set(one.socket, reminders);
          mark(one);
        }
        await new Promise(resolve => setImmediate(resolve));
      }
    }
  };

  const forget = (id: string, entry: Shown, reason: Push<'announcement:gone'>['reason']) => {
    running.delete(id);
    const told = [...entry.sockets.keys()];
    outlet.announcement(told, { name: 'announcement:gone', payload: { id, reason } });
  };

  const look = async (): Promise<void> => {
    const now = await store.running();
    const changed: string[] = [];
    for (const [id, entry] of running) {
      if (now.some(one => one.id === id)) continue;
      asOf++;
      const ended = entry.push.until !== undefined && Date.parse(entry.push.until) <= Date.now();
      forget(id, entry, ended ? 'ended' : 'cancelled');
    }
    for (const push of now) {
      const entry = running.get(push.id);
      if (entry?.push.version === push.version) continue;
      asOf++;
      running.set(push.id, { push, sockets: entry?.sockets ?? new Map() });
      changed.push(push.id);
    }
    looked = true;
    const here = changed.length > 0 ? sockets.users() : [];
    for (let i = 0; i < here.length; i += PEOPLE)
      await tell(await store.owed(here.slice(i, i + PEOPLE), changed));
    if (running.size === 0) moved.clear();
    for (const user of [...moved]) {
      const owed = sockets.of(user).length > 0 ? await store.greet(user) : [];
      moved.delete(user);
      await tell(owed.map(({ id, reminders, delivered }) => ({ id, user, reminders, delivered })));
    }
  };

  const sync = (): Promise<void> => {
    again = true;
    syncing ??= (async () => {
      try {
        while (again) {
          again = false;
          await look();
        }
      } finally {
        syncing = undefined;
      }
    })();
    return syncing;
  };

  return {
    sync,
    async greet(user) {
      const from = asOf;
      if (looked && running.size === 0) return { announcements: [], asOf: from };
      return { announcements: await store.greet(user), asOf: from };
    },
    welcomed(user, socket, welcome) {
      for (const { reminders, delivered, ...push } of welcome?.announcements ?? []) {
        const { id } = push;
        // One that this node has not looked at yet: its next look tells the others.
        const entry = running.get(id) ?? { push: { ...push, version: UNSEEN }, sockets: new Map() };
        running.set(id, entry);
        entry.sockets.set(socket, reminders);
        mark({ id, user, reminders, delivered });
      }
      // Something began between the look and the open socket, or the look failed.
      if (welcome?.asOf !== asOf) moved.add(user);
      if (moved.size > 0 && running.size > 0)
        void sync().catch(error => log.warn({ err: error }, 'announcements wait'));
    },
    moved(user) {
      if (running.size > 0) moved.add(user);
    },
    gone(id, users, reason) {
      const told = users.flatMap(user => sockets.of(user));
      outlet.announcement(told, { name: 'announcement:gone', payload: { id, reason } });
      // They are not told again, should the database still show them as they were.
      for (const socket of told) running.get(id)?.sockets.set(socket, Number.POSITIVE_INFINITY);
    },
    left(socket) {
      for (const { sockets: shown } of running.values()) shown.delete(socket);
    },
    [Symbol.asyncDispose]: () => marks[Symbol.asyncDispose](),
  };
}
