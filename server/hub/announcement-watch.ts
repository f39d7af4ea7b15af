// How far announcements have come, for admins who look on: counted once a second for all of them, and told when it changed.
import type { Outlet } from './ports.ts';
import type { AnnouncementStore } from './ports-announcements.ts';

export interface AnnouncementWatch {
  watch(id: string, socket: string, on: boolean): void;
  left(socket: string): void;
  /** Called once a second. */
  tell(): Promise<void>;
}

export function createAnnouncementWatch(deps: {
  store: Pick<AnnouncementStore, 'progress'>;
  outlet: Pick<Outlet, 'announcement'>;
}): AnnouncementWatch {
  const { store, outlet } = deps;
  const watchers = new Map<string, { sockets: Set<string>; told: string }>();

  const stop = (id: string, socket: string) => {
    const watched = watchers.get(id);
    if (watched?.sockets.delete(socket) && watched.sockets.size === 0) watchers.delete(id);
  };

  return {
    watch(id, socket, on) {
      if (!on) return stop(id, socket);
      // Told anew, so that who comes later begins with what stands.
      const watched = watchers.get(id) ?? { sockets: new Set(), told: '' };
      watchers.set(id, { sockets: watched.sockets.add(socket), told: '' });
    },
    left(socket) {
      for (const id of watchers.keys()) stop(id, socket);
    },
    async tell() {
      if (watchers.size === 0) return;
      for (const progress of await store.progress([...watchers.keys()])) {
        const watched = watchers.get(progress.id);
        const told = JSON.stringify(progress);
        if (!watched || watched.told === told) continue;
        watched.told = told;
        outlet.announcement([...watched.sockets], { name: 'announcement:progress', payload: progress });
      }
    },
  };
}
