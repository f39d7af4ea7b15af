// What an index outside the database reads of the logs: the IndexSource of every driver.
import type { IndexSource } from '../../hub/ports-indexing.ts';
import type { IndexCursor, IndexedMessage } from '../../hub/ports-search.ts';
import type { Db } from '../db.ts';

interface Read {
  readonly messages: readonly IndexedMessage[];
  readonly cursors: readonly IndexCursor[];
  readonly more: boolean;
  readonly logs: Readonly<Record<string, { readonly epoch: string; readonly head: number }>>;
  readonly anew: readonly string[];
}

/** Stands for the index as a whole, beside its places in rooms, whose ids are never empty. */
const ITSELF = { room: '', epoch: '', seq: 0 };

export function createIndexSource(db: Pick<Db, 'call'>): IndexSource {
  // The functions are ours and state their answers beside their code, so an answer is not parsed a second time.
  const call = <T>(fn: string, input: object): Promise<T> => db.call(fn, input) as Promise<T>;
  return {
    installation: async () => (await call<{ id: string }>('installation_id', {})).id,
    begin: async cursor => void (await call('search_moved', { cursor, cursors: [ITSELF] })),
    async changes(cursor, limit) {
      const { messages, logs, cursors, anew, more } = await call<Read>('index_changes', { cursor, limit });
      const changes = messages.flatMap(message => {
        const log = logs[message.room];
        return log ? [{ ...message, epoch: log.epoch, version: log.head }] : [];
      });
      return { messages: changes, cursors, anew: cursors.filter(({ room }) => anew.includes(room)), more };
    },
    moved: async (cursor, cursors) => void (await call('search_moved', { cursor, cursors })),
    progress: cursor => call('index_progress', { cursor }),
    known: async () => (await call<{ cursors: string[] }>('known_indices', {})).cursors,
    forget: async cursor => void (await call('forget_index', { cursor })),
  };
}
