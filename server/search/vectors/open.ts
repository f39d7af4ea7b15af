// Who looks through vectors: the database where it has pgvector, else a thread of this process.
import type { Log } from '../../hub/ports.ts';
import { type Embedder, spaceOf } from '../../hub/ports-ai.ts';
import type { VectorIndex } from '../../hub/ports-vectors.ts';
import { type Db, findPgvector } from './pgvector.ts';
import { openThread } from './thread.ts';

export async function openVectors(
  db: Db,
  embedder: Pick<Embedder, 'provider' | 'model' | 'dimensions'>,
  log: Log,
): Promise<VectorIndex> {
  const found = await findPgvector(db, spaceOf(embedder));
  if (found) return found;
  return openThread(embedder.dimensions, error =>
    log.error({ err: error }, 'search by meaning is off on this node until it is started again'),
  );
}
