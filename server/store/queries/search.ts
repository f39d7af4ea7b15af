// What the reader may search, what an index has still to take in, and messages read anew: the SearchStore of every driver.
import type { SearchStore } from '../../hub/ports-search.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

export function createSearchStore(db: Pick<Db, 'call'>): SearchStore {
  const call = refusingCall(db);
  return {
    searchScope: ({ id, role }, { room, people, rooms }) =>
      call('search_scope', {
        user: id,
        admin: role === 'admin',
        ...(room !== undefined && { room }),
        people,
        rooms,
      }),
    candidates: async ({ id }, places) =>
      (await call<{ candidates: never }>('search_candidates', { user: id, places })).candidates,
    hits: async ({ id }, places) =>
      (await call<{ messages: never }>('search_hits', { user: id, places })).messages,
    changes: (cursor, limit) => call('search_changes', { cursor, limit }),
    moved: async (cursor, cursors) => void (await call('search_moved', { cursor, cursors })),
  };
}
