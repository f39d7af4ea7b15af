// Reports and retention through the SQL functions of migration 0023: the RecordStore of every driver.
import type { RecordStore } from '../../hub/ports-records.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

export function createRecordStore(db: Pick<Db, 'call'>): RecordStore {
  const call = refusingCall(db);
  const reader = ({ id, role }: { id: string; role: string }) => ({ user: id, admin: role === 'admin' });
  return {
    sendReport: (actor, report, most) => call('send_report', { ...report, ...reader(actor), most }),
    reports: (actor, of) => call('list_reports', { ...of, ...reader(actor) }),
    settleReport: (actor, wish) => call('settle_report', { ...wish, ...reader(actor) }),
    retentionRooms: async days =>
      (await call<{ rooms: string[] }>('retention_rooms', { days: days ?? null })).rooms,
    expireMessages: (room, after, most) => call('expire_messages', { room, after, ...most }),
    retention: of => call('list_retention', of),
    hold: async (by, wish) => void (await call('hold_room', { ...wish, by })),
    note: async (by, action, about) => void (await call('note_record', { by, action, about })),
  };
}
