// Brings a database to this program's schema: numbered SQL files, each in its own transaction, safe for many nodes at once. Never
// touches a database whose history differs from the files, or is newer than they are.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sql } from './postgres.ts';

export interface Migration {
  /** 1, 2, 3, … without holes */
  version: number;
  name: string;
  checksum: string;
  sql: string;
}

type Recorded = Pick<Migration, 'version' | 'name' | 'checksum'>;

/** The database's schema and this program's migrations do not fit together; `code` names how. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  /** The message is for the operator; a stack would not help. */
  readonly friendly = true;
  readonly code: 'newer' | 'older' | 'changed' | 'missing' | 'gap' | 'name' | 'failed';

  constructor(code: MigrationError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export const MIGRATIONS_DIR: string = path.join(import.meta.dirname, 'migrations');

/** Any number of our own, the same in every node: who migrates holds this advisory lock. */
const LOCK = 4_703_241_001;

/** Reads `NNNN_name.sql` files in order. Line ends do not change a checksum. */
export async function readMigrations(dir: string = MIGRATIONS_DIR): Promise<Migration[]> {
  const files = (await readdir(dir)).filter(file => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file, index) => {
      const match = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(file);
      if (!match) {
        throw new MigrationError('name', `Migration "${file}" must be named like 0001_rooms.sql`);
      }
      const version = Number(match[1]);
      if (version !== index + 1) {
        throw new MigrationError(
          'gap',
          `Migration ${number(index + 1)} is missing: the next file is ${file}`,
        );
      }
      const sql = (await readFile(path.join(dir, file), 'utf8')).replaceAll('\r\n', '\n');
      return { version, name: match[2] ?? '', checksum: createHash('sha256').update(sql).digest('hex'), sql };
    }),
  );
}

/**
 * Applies what is missing and returns it (empty: nothing to do, found out with one query).
 * @param upTo the version to stop at, for a backup of that version
 * @throws MigrationError when history and files differ, or a file fails; what was applied before it stays
 */
export async function migrate(sql: Sql, dir: string = MIGRATIONS_DIR, upTo?: number): Promise<Recorded[]> {
  const files = (await readMigrations(dir)).slice(0, upTo);
  const pending = compare(files, await recorded(sql));
  const applied: Recorded[] = [];
  for (const file of pending) {
    if (await apply(sql, files, file))
      applied.push({ version: file.version, name: file.name, checksum: file.checksum });
  }
  return applied;
}

/** The files still to apply, after checking that the recorded history is a beginning of them. */
function compare(files: Migration[], history: Recorded[]): Migration[] {
  const last = history.at(-1);
  if (last && last.version > files.length) {
    throw new MigrationError(
      'newer',
      `The database is newer than this program: it has migration ${number(last.version)}_${last.name}, this program knows ${files.length}. ` +
        'Start the newer program, or restore a backup from before the upgrade.',
    );
  }
  history.forEach((row, index) => {
    const file = files[index];
    if (row.version !== index + 1) {
      throw new MigrationError(
        'missing',
        `The database has migration ${number(row.version)}_${row.name} but not ${number(index + 1)}: ` +
          'its table schema_migrations was edited. Restore a backup, or put the missing row back.',
      );
    }
    if (file?.checksum !== row.checksum) {
      throw new MigrationError(
        'changed',
        `Migration ${number(row.version)}_${row.name} was changed after it was applied. ` +
          'Put the file back as it was and write the change as a new migration.',
      );
    }
  });
  return files.slice(history.length);
}

async function recorded(sql: Sql): Promise<Recorded[]> {
  try {
    return await sql<Recorded[]>`select version, name, checksum from schema_migrations order by version`;
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return [];
    throw error;
  }
}

/** One file in one transaction; false when another node was faster. */
async function apply(sql: Sql, files: Migration[], file: Migration): Promise<boolean> {
  const outcome = await sql.begin(async tx => {
    // A migration may take long and may wait for another node's: the pool's limits are for calls.
    await tx`select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true)`;
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    await tx`create table if not exists schema_migrations (
      version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`;
    const pending = compare(files, await recorded(tx as unknown as Sql));
    if (pending[0]?.version !== file.version) return false;
    try {
      await tx.unsafe(file.sql).simple();
    } catch (error) {
      throw new MigrationError('failed', failure(file, error), error);
    }
    await tx`insert into schema_migrations (version, name, checksum) values (${file.version}, ${file.name}, ${file.checksum})`;
    return true;
  });
  return outcome as boolean;
}

function failure(file: Migration, error: unknown): string {
  const { message, position } = error as { message: string; position?: string };
  const line = position ? ` (line ${file.sql.slice(0, Number(position)).split('\n').length})` : '';
  return `Migration ${number(file.version)}_${file.name} failed${line}: ${message}. Nothing of it was applied.`;
}

function number(version: number): string {
  return String(version).padStart(4, '0');
}
