// Writes all that a database holds into one file, as it was at one moment, while hubs go on.

import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type postgres from 'postgres';
import { createTally, type Manifest, type Piece, writeArchive } from './archive.ts';
import { BackupError } from './backup-error.ts';
import { withConnection } from './databases.ts';
import { readSchema, type Table } from './tables.ts';

/** Is told now and then how many rows are done. */
export type RowProgress = (done: number, total: number) => void;

/**
 * Nothing is locked. The file appears under its name when it is whole and on the disk, for its owner alone (mode 600).
 * @throws BackupError, or what the database or the disk says
 */
export async function backup(url: string, file: string, progress: RowProgress = () => {}): Promise<Manifest> {
  const unfinished = `${file}.${process.pid}.part`;
  let manifest: Manifest | undefined;
  async function* noted(pieces: AsyncIterable<Piece>) {
    for await (const piece of pieces) {
      if (piece.kind === 'manifest') manifest = piece.manifest;
      yield piece;
    }
  }
  try {
    await withConnection(url, sql =>
      sql.begin('isolation level repeatable read read only', tx =>
        pipeline(
          writeArchive(noted(readDatabase(tx, progress))),
          createGzip(),
          createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }),
        ),
      ),
    );
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  return manifest as Manifest;
}

async function* readDatabase(tx: postgres.TransactionSql, progress: RowProgress): AsyncGenerator<Piece> {
  await tx`select ${tx.unsafe(SAME_WORDS)}`;
  const schema = await readSchema(tx);
  if (!schema) throw new BackupError('There is nothing to back up: no hub has used this database yet.');
  const at = (await tx<{ at: Date }[]>`select now() as at`)[0]?.at.toISOString() as string;
  const total = await countRows(tx, schema.kept);
  const tables: Manifest['tables'] = [];
  let done = 0;
  for (const { name, columns, key } of schema.kept) {
    yield { kind: 'table', name, columns };
    const tally = createTally();
    const list = (names: readonly string[]) => names.map(one => `"${one}"`).join(', ');
    const text = `copy (select ${list(columns)} from ${name} order by ${list(key)}) to stdout`;
    const stream = await tx.unsafe(text).readable();
    for await (const lines of stream) {
      tally.add(lines);
      yield { kind: 'rows', lines };
      progress(done + tally.rows, total);
    }
    // The driver pauses its connection while the stream is full and goes on when it is asked for more, which nobody does after the last row.
    stream._read(0);
    yield { kind: 'end' };
    done += tally.rows;
    tables.push({ name, columns: [...columns], ...tally.digest() });
  }
  const { version, name, checksum } = schema;
  yield { kind: 'manifest', manifest: { at, schema: { version, name, checksum }, tables } };
}

/** The same value is always written the same way, whatever the server's settings are. */
export const SAME_WORDS =
  "set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO', true), set_config('intervalstyle', 'iso_8601', true), set_config('bytea_output', 'hex', true)";

async function countRows(tx: postgres.TransactionSql, tables: readonly Table[]): Promise<number> {
  const counts = tables.map(({ name }) => `(select count(*) from ${name})`).join(' + ');
  return Number((await tx.unsafe(`select ${counts} as n`))[0]?.n);
}
