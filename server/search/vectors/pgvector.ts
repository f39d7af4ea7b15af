// The VectorIndex of a database with pgvector: it looks where the vectors are, and nodes hold none of them.
import type { Found } from '../../hub/ports-search.ts';
import type { VectorIndex } from '../../hub/ports-vectors.ts';

/** As store/db.ts offers it. */
export interface Db {
  call(fn: string, input: unknown): Promise<unknown>;
}

/** Undefined: this database has no pgvector. @param space as the hub names it */
export async function findPgvector(db: Db, space: string): Promise<VectorIndex | undefined> {
  const { there } = (await db.call('use_pgvector', {})) as { there: boolean };
  if (!there) return undefined;
  return {
    kind: 'database',
    async apply() {},
    async nearest(query, rooms, limit) {
      const answer = (await db.call('nearest_vectors', {
        space,
        query: `[${query.join(',')}]`,
        rooms: rooms.map(({ id, since }) => ({ id, since })),
        limit,
      })) as { found: Found[] };
      return answer.found;
    },
    async [Symbol.asyncDispose]() {},
  };
}
