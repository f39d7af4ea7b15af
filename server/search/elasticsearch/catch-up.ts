// Brings one index up to the end of all logs: reads what changed since its cursor, writes it, and only then moves the cursor. Whoever dies in
// between repeats the last step, which changes nothing.
import type { IndexSource } from '../../hub/ports-indexing.ts';
import type { IndexCursor } from '../../hub/ports-search.ts';
import type { createBulk } from './bulk.ts';
import type { Connection } from './connection.ts';

/** Log entries in one step: to cut their texts into words takes a few milliseconds, in which nobody else is served. */
const STEP = 400;

export interface CatchUp {
  readonly connection: Connection;
  readonly source: IndexSource;
  readonly write: ReturnType<typeof createBulk>;
}

/**
 * Resolves when nothing is left to read.
 * @param stepped called after each step
 * @throws ElasticTrouble, Unreachable, or the signal's reason
 */
export async function catchUp(
  { connection, source, write }: CatchUp,
  index: string,
  signal: AbortSignal,
  stepped: () => void | Promise<void> = () => {},
): Promise<void> {
  for (let more = true; more; ) {
    signal.throwIfAborted();
    const changes = await source.changes(index, STEP);
    for (const room of changes.anew) await forgetRoom(connection, index, room);
    await write(index, changes.messages, signal);
    // Whoever lost the lease meanwhile leaves the cursor to its successor.
    signal.throwIfAborted();
    if (changes.cursors.length > 0) await source.moved(index, changes.cursors);
    await stepped();
    more = changes.more;
  }
}

/** What the index has of the room's earlier epochs: after a restored backup that is another log. */
async function forgetRoom({ ask }: Connection, index: string, { room, epoch }: IndexCursor): Promise<void> {
  // What was written a moment ago is to be found, too.
  await ask(client => client.indices.refresh({ index }));
  await ask(client =>
    client.deleteByQuery({
      index,
      conflicts: 'proceed',
      query: { bool: { filter: [{ term: { room } }], must_not: [{ term: { epoch } }] } },
    }),
  );
}
