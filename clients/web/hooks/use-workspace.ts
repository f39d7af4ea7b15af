// What the views inside the workspace look at: the workspace itself, people, presence, rooms, the address.
import { createContext, use, useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Presence, RoomSnapshot } from '../../js/index.ts';
import type { Person } from '../state/people.ts';
import { hashStore, parseRoute, type Route } from '../state/route.ts';
import type { Workspace } from '../state/workspace.ts';
import { useStore } from './use-store.ts';

export const WorkspaceContext = createContext<Workspace | undefined>(undefined);

export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext);
  if (!workspace) throw new Error('This view stands outside the workspace');
  return workspace;
}

/** Somebody by id; until the hub has named them, by their id. */
export function usePerson(id: string): Person {
  const { people } = useWorkspace();
  const person = useSyncExternalStore(people.subscribe, () => people.get(id));
  useEffect(() => people.want(id), [people, id]);
  return person ?? { id, name: id };
}

/** Undefined for people of whom nothing was heard. */
export function usePresence(id: string): Presence | undefined {
  const { court, rooms } = useWorkspace();
  const subscribe = useCallback(
    (listener: () => void) => {
      // A join brings a whole roster, and tells so by the room alone.
      const offs = [court.on('presence', listener), rooms.subscribe(listener)];
      return () => {
        for (const off of offs) off();
      };
    },
    [court, rooms],
  );
  return useSyncExternalStore(subscribe, () => court.presence.get(id));
}

export function useRoom(id: string): RoomSnapshot {
  const { court } = useWorkspace();
  const room = court.room(id);
  return useSyncExternalStore(room.subscribe, room.getSnapshot);
}

export function useRoute(): Route {
  const hash = useStore(hashStore);
  return useMemo(() => parseRoute(hash), [hash]);
}
