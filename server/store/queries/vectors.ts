// Vectors of messages and what they are still to be made of, through the SQL functions of migration 0012: the VectorStore of every driver.
import type { VectorStore } from '../../hub/ports-vectors.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

export function createVectorStore(db: Pick<Db, 'call'>): VectorStore {
  const call = refusingCall(db);
  return {
    vectorChanges: (space, limit) => call('vector_changes', { space, limit }),
    writeVectors: async (space, vectors) => void (await call('write_vectors', { space, vectors })),
    readVectors: (space, after, limit) => call('read_vectors', { space, after, limit }),
    tendVectors: async space => void (await call('tend_vectors', { space })),
  };
}
