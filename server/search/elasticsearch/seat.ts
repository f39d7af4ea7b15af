// Which index is kept: the one that searches go to, else one that was begun, else a new one that takes the seat once it is filled.

import type { Log } from '../../hub/ports.ts';
import type { IndexSource } from '../../hub/ports-indexing.ts';
import { type Connection, PREFIX } from './connection.ts';
import { createIndices, type OwnIndex } from './indices.ts';

export interface Seat {
  /** The index to write to; undefined before the first look. */
  readonly index: string | undefined;
  /** Searches go to it. */
  readonly published: boolean;
  /** Finds out anew. What is of another time, or was made for a seat that somebody else took, is dropped. */
  look(): Promise<string>;
  /** Gives the seat to the index, which holds everything now, unless another has it. */
  publish(signal: AbortSignal): Promise<void>;
  /** It was there, and is not any more. */
  lost(): void;
}

/** Other indices have cursors, too. */
const isOurs = (cursor: string) => cursor.startsWith(`${PREFIX}-`);

export function createSeat(deps: { connection: Connection; source: IndexSource; log: Log }): Seat {
  const { connection, source, log } = deps;
  const indices = createIndices(connection);
  let index: string | undefined;
  let published = false;

  const drop = async (name: string) => {
    await indices.drop(name);
    await source.forget(name);
  };

  const look = async (): Promise<string> => {
    const all = await indices.list();
    const known = (await source.known()).filter(isOurs);
    for (const gone of known.filter(name => !all.some(one => one.name === name))) await source.forget(gone);
    const current = all.find(one => one.current);
    if (current && !known.includes(current.name)) {
      log.warn({ index: current.name }, 'the search index is of another time: it is built anew');
      await drop(current.name);
      return look();
    }
    if (current && index !== undefined && !published && current.name !== index) await drop(index);
    published = current !== undefined;
    index = current?.name ?? begun(all, known) ?? (await begin());
    return index;
  };

  /** By a node that is gone, or filled and without its alias. */
  const begun = (all: readonly OwnIndex[], known: readonly string[]) =>
    all.findLast(one => !one.outdated && known.includes(one.name))?.name;

  const begin = async () => {
    const fresh = await indices.create();
    await source.begin(fresh);
    log.info({ index: fresh }, 'the search index is being filled');
    return fresh;
  };

  return {
    get index() {
      return index;
    },
    get published() {
      return published;
    },
    look,
    async publish(signal) {
      const name = index;
      if (name === undefined) return;
      await connection.ask(client => client.indices.refresh({ index: name }));
      signal.throwIfAborted();
      if ((await look()) !== name || published) return;
      await indices.publish(name);
      published = true;
      log.info({ index: name }, 'searches are answered by the new index');
    },
    lost() {
      [index, published] = [undefined, false];
    },
  };
}
