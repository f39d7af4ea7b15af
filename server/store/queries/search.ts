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

/** Side by side: as objects, hundreds of them take several times as long. */
interface Candidates {
  readonly rooms: readonly string[];
  readonly seqs: readonly number[];
  readonly times: readonly number[];
  readonly by: readonly string[];
  readonly texts: readonly string[];
  readonly files: readonly boolean[];
  readonly names: Readonly<Record<string, string>>;
}

const columns = (places: readonly { readonly room: string; readonly seq: number }[]) => ({
  rooms: places.map(({ room }) => room),
  seqs: places.map(({ seq }) => seq),
});

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
    async candidates({ id }, places) {
      const { rooms, seqs, times, by, texts, files, names } = await call<Candidates>('search_candidates', {
        user: id,
        places: columns(places),
      });
      return rooms.map((room, i) => {
        const author = by[i] as string;
        return {
          ...{ room, seq: seqs[i] as number, at: times[i] as number, by: author },
          ...{ name: names[author] as string, text: texts[i] as string, files: files[i] as boolean },
        };
      });
    },
    passages: async ({ id }, places, words) =>
      (await call<{ passages: never }>('file_passages', { user: id, places: columns(places), words }))
        .passages,
    hits: async ({ id }, places) =>
      (await call<{ messages: never }>('search_hits', { user: id, places: columns(places) })).messages,
    changes: (cursor, limit) => call('search_changes', { cursor, limit }),
    moved: async (cursor, cursors) => void (await call('search_moved', { cursor, cursors })),
  };
}
