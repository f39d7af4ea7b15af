// Brings a database back to what a backup holds, in one transaction, under a new epoch for every room: whoever holds a copy of a log
// learns that it is another one now (I15). Hubs may go on; meanwhile they refuse what they are asked as `unavailable`.
//
// Secrets that were used up or withdrawn since the backup must not come back to life, and which ones these are may be lost with the
// database. So every sign-in ends: those in the backup, and those that the replaced database knew beside them.

import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';
import { copySql, countLines, type Manifest, type Piece, readArchive, verifyArchive } from './archive.ts';
import { type RowProgress, SAME_WORDS } from './backup.ts';
import { BackupError } from './backup-error.ts';
import { withConnection } from './databases.ts';
import { migrate, readMigrations } from './migrate.ts';
import { readSchema, type Schema, type Table } from './tables.ts';

export interface RestoreOptions {
  /** Empties a database that has something in it. */
  replace?: boolean;
  /** Finds out whether it could be done, and changes nothing. */
  dryRun?: boolean;
  progress?: RowProgress;
}

export interface Restored {
  readonly manifest: Manifest;
  readonly rows: number;
  /** Each with a new epoch. */
  readonly rooms: number;
  /** Sign-ins that ended with it. */
  readonly ended: number;
  /** Something was there before. */
  readonly replaced: boolean;
}

/**
 * All or nothing.
 * @throws BackupError when the file is broken or newer than this program, or the database is not one to restore into
 */
export async function restore(url: string, file: string, options: RestoreOptions = {}): Promise<Restored> {
  const { replace = false, dryRun = false, progress = () => {} } = options;
  const manifest = await readManifest(file);
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  return withConnection(url, async sql => {
    const replaced = await checkTarget(sql, manifest);
    if (replaced && !replace)
      throw new BackupError(
        'There is data in this database. To lose it and have the backup in its place, say --replace.',
      );
    if (dryRun)
      return {
        manifest,
        rows,
        rooms: rowsOf(manifest, 'rooms'),
        ended: rowsOf(manifest, 'sessions'),
        replaced,
      };
    await migrate(sql, undefined, manifest.schema.version);
    const counts = await sql.begin(async tx => {
      await tx`select ${tx.unsafe(SAME_WORDS)}`;
      const schema = (await readSchema(tx)) as Schema;
      await lock(tx, schema);
      const links = await dropForeignKeys(tx, schema);
      await tx`create temp table replaced_sessions on commit drop as select * from sessions`;
      // Not `truncate`: whoever reads under an earlier snapshot would find the rooms gone instead of as they were.
      await tx`set local first_court.restoring = 'on'`;
      for (const { name } of [...schema.kept, ...schema.fleeting]) await tx.unsafe(`delete from ${name}`);
      await fill(tx, file, rows, progress);
      await tx`insert into sessions select * from replaced_sessions r
        where exists (select from users where id = r.user_id) on conflict do nothing`;
      for (const link of links) await tx.unsafe(link);
      await continueSequences(tx, schema.kept);
      const rooms = await tx`update rooms set epoch = substr(gen_random_uuid()::text, 1, 8)`;
      const ended = await tx`update sessions set revoked_at = now(), revoked_reason = 'a backup was restored'
        where revoked_at is null and expires_at > now()`;
      return { rooms: rooms.count, ended: ended.count };
    });
    await migrate(sql);
    return { manifest, rows, replaced, ...counts };
  });
}

/** @throws BackupError when this program cannot use it */
async function readManifest(file: string): Promise<Manifest> {
  const manifest = await verifyArchive(file);
  const { version, checksum } = manifest.schema;
  const migrations = await readMigrations();
  if (version > migrations.length)
    throw new BackupError(
      `The backup is newer than this program: its schema is ${version}, this program knows ${migrations.length}. Use the newer program.`,
    );
  if (migrations[version - 1]?.checksum !== checksum)
    throw new BackupError(
      `The backup's schema ${version} is not the one that this program knows by that number.`,
    );
  return manifest;
}

/** Whether there is something in it. @throws BackupError when its schema is beyond the backup's */
async function checkTarget(sql: postgres.Sql, { schema: { version } }: Manifest): Promise<boolean> {
  const schema = await readSchema(sql);
  if (!schema) return false;
  if (schema.version > version)
    throw new BackupError(
      `The backup is of schema ${version}, and this database has schema ${schema.version} already. ` +
        'Restore into a new, empty database: it is brought up to date afterwards.',
    );
  for (const { name } of schema.kept) {
    if ((await sql.unsafe(`select from ${name} limit 1`)).count > 0) return true;
  }
  return false;
}

/**
 * Takes hold of all tables, for as long as the transaction lasts. Each try is shorter than any lock timeout or deadlock check of a hub's,
 * so that it is always us who let go first.
 */
async function lock(tx: postgres.TransactionSql, { kept, fleeting }: Schema): Promise<void> {
  const names = [...kept, ...fleeting].map(table => table.name).join(', ');
  for (const until = performance.now() + LOCK_PATIENCE; ; await delay(Math.random() * 100)) {
    try {
      await tx.savepoint(async inner => {
        await inner`set local lock_timeout = '300ms'`;
        await inner.unsafe(`lock table ${names} in access exclusive mode`);
        await inner`set local lock_timeout = 0`;
      });
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '55P03') throw error;
      if (performance.now() > until)
        throw new BackupError('The database is in use all the time: stop the hubs, then restore again.');
    }
  }
}

const LOCK_PATIENCE = 60_000;

/** Tables are filled in any order, and checked once at the end. Returns what puts the links back. */
async function dropForeignKeys(tx: postgres.TransactionSql, { kept, fleeting }: Schema): Promise<string[]> {
  const names = JSON.stringify([...kept, ...fleeting].map(table => table.name));
  const links = await tx<{ owner: string; name: string; definition: string }[]>`
    select conrelid::regclass::text as owner, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'f'
      and conrelid in (select to_regclass(value) from jsonb_array_elements_text(${names}::text::jsonb))`;
  for (const { owner, name } of links) await tx.unsafe(`alter table ${owner} drop constraint ${name}`);
  return links.map(
    ({ owner, name, definition }) => `alter table ${owner} add constraint ${name} ${definition}`,
  );
}

async function fill(
  tx: postgres.TransactionSql,
  file: string,
  total: number,
  progress: RowProgress,
): Promise<void> {
  const pieces = readArchive(file);
  let done = 0;
  async function* rows() {
    for (
      let next = await pieces.next();
      !next.done && next.value.kind === 'rows';
      next = await pieces.next()
    ) {
      const { lines } = next.value;
      yield lines;
      done += countLines(lines);
      progress(done, total);
    }
  }
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    const piece: Piece = next.value;
    if (piece.kind !== 'table') continue;
    const query = tx.unsafe(copySql(piece.name, piece.columns));
    // The driver has nobody to tell of an error that comes after the last line.
    const failed = new Promise<never>((_, reject) => Object.assign(query, { reject }));
    await Promise.race([failed, query.writable().then(sink => pipeline(rows, sink))]);
  }
}

/** Numbers that the database gives out go on after the highest that is there. */
async function continueSequences(tx: postgres.TransactionSql, tables: readonly Table[]): Promise<void> {
  for (const { name, columns } of tables) {
    for (const column of columns) {
      const [owned] = await tx`select pg_get_serial_sequence(${name}, ${column}) as sequence`;
      if (!owned?.sequence) continue;
      await tx.unsafe(
        `select setval('${owned.sequence}', (select coalesce(max("${column}"), 0) + 1 from ${name}), false)`,
      );
    }
  }
}

const rowsOf = ({ tables }: Manifest, name: string): number =>
  tables.find(table => table.name === name)?.rows ?? 0;
