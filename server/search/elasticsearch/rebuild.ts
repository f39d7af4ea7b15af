// Builds a new index beside the one that answers, and lets it take the seat once it holds everything. Hubs may go on: each index has a cursor of
// its own, so what is said meanwhile is in both, and whoever keeps the index goes on where this ended.

import { Unreachable } from '../../hub/errors.ts';
import type { Log } from '../../hub/ports.ts';
import type { IndexSource } from '../../hub/ports-indexing.ts';
import { createBulk, PACE, pause, type Tally } from './bulk.ts';
import { catchUp } from './catch-up.ts';
import { type Connection, type ElasticSettings, openConnection } from './connection.ts';
import { createIndices, type OwnIndex } from './indices.ts';
import { ElasticTrouble } from './trouble.ts';

export interface RebuildOptions extends ElasticSettings {
  readonly source: IndexSource;
  readonly log: Log;
  /** Ends it; what was built so far is taken away by the next run. */
  readonly signal: AbortSignal;
  /** Log entries read, of how many. Awaited. */
  progress(done: number, total: number): void | Promise<void>;
  readonly pace?: typeof PACE;
}

export interface Rebuilt extends Tally {
  readonly index: string;
  /** Indices that went: the one before, and what earlier runs left behind. */
  readonly dropped: readonly string[];
}

export interface IndexReport extends OwnIndex {
  readonly documents: number;
  readonly behind: number;
}

/** Failures in a row before a person is asked to look. */
const TRIES = 10;

/** Whether it may go again by itself. */
const passes = (error: unknown): boolean =>
  error instanceof Unreachable && !(error instanceof ElasticTrouble && (error.next || error.missing));

/** @throws ElasticTrouble, Unreachable, or the signal's reason */
export async function rebuild({
  source,
  log,
  signal,
  progress,
  pace = PACE,
  url,
}: RebuildOptions): Promise<Rebuilt> {
  await using connection = openConnection({ url, source });
  await connection.check();
  const indices = createIndices(connection);
  const dropped: string[] = [];
  const drop = async ({ name }: OwnIndex) => {
    await indices.drop(name);
    await source.forget(name);
    dropped.push(name);
  };
  for (const one of await indices.list()) if (!one.current) await drop(one);

  const index = await indices.create();
  await source.begin(index);
  const tally: Tally = { indexed: 0, retried: 0, dead: 0 };
  const write = createBulk(connection, tally, log, pace);
  const read = async () => {
    for (let failures = 0; ; ) {
      try {
        return await catchUp({ connection, source, write }, index, signal, async () => {
          failures = 0;
          const { read, behind } = await source.progress(index);
          await progress(read, read + behind);
        });
      } catch (error) {
        if (!passes(error) || ++failures === TRIES) throw error;
        await pause(pace.most * Math.random(), signal);
      }
    }
  };
  await read();
  await connection.ask(client => client.indices.refresh({ index }));
  // What was said while that was made visible.
  await read();
  signal.throwIfAborted();
  const before = (await indices.list()).filter(one => one.name !== index);
  await indices.publish(index);
  for (const one of before) await drop(one);
  return { index, dropped, ...tally };
}

/** All indices of this hub, and how they stand. */
export async function report(settings: ElasticSettings & { source: IndexSource }): Promise<IndexReport[]> {
  await using connection: Connection = openConnection(settings);
  await connection.check();
  const indices = createIndices(connection);
  const all = await indices.list();
  return await Promise.all(
    all.map(async one => {
      const { behind } = await settings.source.progress(one.name);
      return { ...one, documents: await indices.count(one.name), behind };
    }),
  );
}
