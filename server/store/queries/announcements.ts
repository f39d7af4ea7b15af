// Announcements through the SQL functions of migration 0018: the AnnouncementStore of every driver.
import type { AnnouncementStore } from '../../hub/ports-announcements.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

export function createAnnouncementStore(db: Pick<Db, 'call'>): AnnouncementStore {
  const call = refusingCall(db);
  return {
    announce: announcement => call('announce', announcement),
    running: async () => (await call<{ running: [] }>('announcements_running', {})).running,
    owed: async (users, ids) =>
      (await call<{ owed: [] }>('announcements_owed', { users, ...(ids && { ids }) })).owed,
    greet: async user => (await call<{ owed: [] }>('announcements_greet', { user })).owed,
    delivered: async marks => void (await call('announcements_delivered', { marks })),
    answered: async marks => (await call<{ results: [] }>('announcements_answered', { marks })).results,
    status: (id, page) => call('announcement_status', { id, ...page }),
    progress: async ids => (await call<{ progress: [] }>('announcement_progress', { ids })).progress,
    list: async of => (await call<{ announcements: [] }>('announcement_list', of)).announcements,
    cancel: async (id, by) => void (await call('announcement_cancel', { id, by })),
    remind: async (id, by, seconds) =>
      (await call<{ reminded: number }>('announcement_remind', { id, by, seconds })).reminded,
    tick: (channels, late, limit) => call('announcements_tick', { channels, late, limit }),
  };
}
