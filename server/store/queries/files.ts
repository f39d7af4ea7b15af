// Files through the SQL functions of migrations 0014 and 0016: the FileStore of every driver.
import type { FileStore, StoredFile } from '../../hub/ports-file-store.ts';
import type { Db } from '../db.ts';
import { createTurns } from '../turns.ts';
import { refusingCall } from './call.ts';

/** Calls at once: those who begin in one room wait for each other, and many uploads that begin together are no reason to work on ten connections. */
const AT_ONCE = 3;
/** Milliseconds to wait for one's turn. */
const PATIENCE = 10_000;

export function createFileStore(db: Pick<Db, 'call'>): FileStore {
  const turns = createTurns(AT_ONCE, PATIENCE);
  const inTurn = refusingCall({
    async call(fn, input) {
      await turns.take();
      try {
        return await db.call(fn, input);
      } finally {
        turns.give();
      }
    },
  });
  /** What keeps or gives back what one has must not stand behind those who come. */
  const call = refusingCall(db);
  return {
    begin: (actor, file, most) =>
      inTurn<StoredFile>('begin_file', { ...file, user: actor.id, admin: actor.role === 'admin', most }),
    finish: (id, look, state) => inTurn<StoredFile | null>('finish_file', { id, ...look, state }),
    find: (user, id) => inTurn<StoredFile | null>('find_file', { id, user }),
    list: (actor, room, limit, cursor) =>
      call('list_files', { room, user: actor.id, admin: actor.role === 'admin', limit, cursor }),
    drop: async (user, id) => (await call<{ dropped: boolean }>('drop_file', { id, user })).dropped,
    expire: async (hours, limit) =>
      (await call<{ expired: number }>('expire_files', { hours, limit })).expired,
    gone: async limit => (await call<{ ids: string[] }>('gone_files', { limit })).ids,
    forget: async ids => void (await call('forget_files', { ids })),
    claim: async () => (await call<{ id: string }>('file_claim', {})).id,
    known: async ids => (await call<{ ids: string[] }>('known_files', { ids })).ids,
    unchecked: async limit => (await call<{ files: StoredFile[] }>('unchecked_files', { limit })).files,
    checked: (id, reason) => call<StoredFile | null>('checked_file', { id, reason }),
    unread: async limit => (await call<{ files: StoredFile[] }>('unread_files', { limit })).files,
    keepWords: async (id, words) => void (await call('keep_file_words', { id, words })),
    async lock(file, holder, seconds) {
      const { held, gone } = await inTurn<{ held: boolean; gone?: true }>('take_file_lock', {
        file,
        holder,
        seconds,
      });
      return held ? 'held' : gone ? 'gone' : 'taken';
    },
    keepLocks: (locks, seconds) => call('keep_file_locks', { locks, seconds }),
    unlock: async (file, holder) => void (await call('drop_file_lock', { file, holder })),
  };
}
