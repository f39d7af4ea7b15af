// What the reader may search, what an index has still to take in, and messages read anew: the SearchStore of every driver.
import type { SearchScope, SearchStore } from '../../hub/ports-search.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

interface Scope extends Omit<SearchScope, 'rooms'> {
  /** Side by side. */
  readonly rooms: {
    readonly ids: readonly string[];
    readonly since: readonly number[];
    readonly heads: readonly number[];
  };
}

export function createSearchStore(db: Pick<Db, 'call'>): SearchStore {
  const call = refusingCall(db);
  return {
    async searchScope({ id, role }, { room, people, rooms }) {
      const scope = await call<Scope>('search_scope', {
        user: id,
        admin: role === 'admin',
        ...(room !== undefined && { room }),
        people,
        rooms,
      });
      const { ids, since, heads } = scope.rooms;
      const readable = ids.map((id, i) => ({ id, since: since[i] as number, head: heads[i] as number }));
      return { ...scope, rooms: readable };
    },
    candidates: async ({ id }, places) =>
      (await call<{ candidates: never }>('search_candidates', { user: id, places })).candidates,
    hits: async ({ id }, places) =>
      (await call<{ messages: never }>('search_hits', { user: id, places })).messages,
    changes: (cursor, limit) => call('search_changes', { cursor, limit }),
    moved: async (cursor, cursors) => void (await call('search_moved', { cursor, cursors })),
  };
}
