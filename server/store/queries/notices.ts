// Being told of messages outside the hub, through the SQL functions of migration 0020: the NoticeStore of every driver.
import type { Actor } from '../../hub/ports.ts';
import type { NoticeStore } from '../../hub/ports-notices.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

const by = (actor: Actor) => ({ user: actor.id, admin: actor.role === 'admin' });

export function createNoticeStore(db: Pick<Db, 'call'>): NoticeStore {
  const call = refusingCall(db);
  return {
    gatherNotices: (limit, ageSeconds) => call('notices_gather', { limit, ageSeconds }),
    addNotices: async (notices, cursors) => void (await call('notices_add', { notices, cursors })),
    ripeNotices: async (seconds, people, each) =>
      (await call<{ people: [] }>('notices_ripe', { seconds, people, each })).people,
    settleNotices: (decisions, items) => call('notices_settle', { decisions, items }),
    sweepNotices: async () => (await call<{ swept: number }>('notices_sweep', {})).swept,

    noticeWishes: user => call('notices_wishes', { user }),
    wishNotices: async (user, wishes) => void (await call('notices_wish', { user, ...wishes })),
    noticeLevel: async (actor, wish) => void (await call('notices_level', { ...by(actor), ...wish })),
    noticeThread: (actor, wish) => call('notices_thread', { ...by(actor), ...wish }),
    listNotices: (user, page) => call('notices_list', { user, ...page }),
  };
}
