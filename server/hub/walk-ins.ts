// Who walks into a place that is bound to a room joins it, if it is one that they might open themselves: then they are in its presence.
import { HubError, Unreachable } from './errors.ts';
import type { Log, RoomStore } from './ports.ts';
import type { IntegrationStore } from './ports-court.ts';
import type { Vendor } from './ports-integrations.ts';
import type { PeopleStore } from './ports-people.ts';

export interface WalkIns {
  /** Where somebody stands now; undefined: in no such place. */
  at(user: string, room: string | undefined): void;
  /** Tries again for those for whom the database was away. */
  again(): Promise<void>;
}

export function createWalkIns({
  vendor,
  store,
  log,
}: {
  vendor: Vendor;
  store: Pick<IntegrationStore, 'join'> & Pick<RoomStore, 'openRoom'> & Pick<PeopleStore, 'getUser'>;
  log: Log;
}): WalkIns {
  const rooms = new Map<string, string>();
  const waiting = new Set<string>();
  let running: Promise<void> | undefined;

  /** A private room stays shut: whoever bound it opened the door for those who are in it, and a walk is no invitation. */
  const admit = async (user: string, room: string) => {
    const actor = await store.getUser(user);
    if (!actor) return;
    const opened = await store.openRoom(room, actor);
    if (!('role' in opened) && opened.room.kind === 'public') await store.join(vendor, room, user);
  };

  const admitAll = async () => {
    for (const user of waiting) {
      waiting.delete(user);
      const room = rooms.get(user);
      if (room === undefined) continue;
      try {
        await admit(user, room);
      } catch (error) {
        if (error instanceof Unreachable) {
          waiting.add(user);
          return;
        }
        const level = error instanceof HubError ? 'debug' : 'error';
        log[level]({ err: error, vendor, user, room }, 'somebody who walked in did not join');
      }
    }
  };
  const again = () => {
    running ??= admitAll().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    again,
    at(user, room) {
      if (rooms.get(user) === room) return;
      if (room === undefined) {
        rooms.delete(user);
        return;
      }
      rooms.set(user, room);
      waiting.add(user);
      void again();
    },
  };
}
