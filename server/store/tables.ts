// Which tables a backup holds: all that the migrations make, but for what means something only while it is fresh.
import type postgres from 'postgres';
import { BackupError } from './backup-error.ts';
import { type Migration, readMigrations } from './migrate.ts';

export interface Table {
  readonly name: string;
  /** Those that are written; generated ones make themselves. */
  readonly columns: readonly string[];
  /** Columns of the primary key: the order in which rows are read, so that the same state gives the same bytes. */
  readonly key: readonly string[];
}

/**
 * Never in a backup, and empty after a restore: keys that were used up since would open doors again, leases and marks of nodes are about now,
 * what was made of a room's messages, and noted of who was given them, counts in another log then. The migrations' own list is made by
 * them, and the search index from the logs.
 */
const LEFT_OUT = [
  'summary_pieces',
  'live_summaries',
  'refresh_tokens',
  'sign_in_links',
  'leases',
  'file_locks',
  'file_claims',
  'probes',
  'command_runs',
  'bot_changes',
  'node_reports',
  'node_orders',
  'node_answers',
  'ledger_runs',
  'fan_outs',
  'deliveries',
  'schema_migrations',
  'search_documents',
  'search_words',
  'search_cursors',
  'search_touched',
  'vectors',
];

export interface Schema {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  /** In a backup. */
  readonly kept: readonly Table[];
  /** Emptied by a restore. */
  readonly fleeting: readonly Table[];
}

/** The schema of this database, or undefined when there is none. @throws BackupError when it is newer than this program */
export async function readSchema(sql: postgres.Sql | postgres.TransactionSql): Promise<Schema | undefined> {
  const [there] = await sql`select to_regclass('schema_migrations') is not null as ok`;
  if (!there?.ok) return undefined;
  const [newest] = await sql<{ version: number; name: string; checksum: string }[]>`
    select version, name, checksum from schema_migrations order by version desc limit 1`;
  if (!newest) return undefined;
  const migrations = await readMigrations();
  if (newest.version > migrations.length)
    throw new BackupError(
      `The database is newer than this program: it has migration ${newest.version}, this program knows ${migrations.length}. Use the newer program.`,
    );
  const tables = await describe(sql, tableNames(migrations.slice(0, newest.version)));
  const isFleeting = ({ name }: Table) => LEFT_OUT.includes(name);
  return {
    version: newest.version,
    name: newest.name,
    checksum: newest.checksum,
    kept: tables.filter(table => !isFleeting(table)),
    fleeting: tables.filter(table => isFleeting(table) && table.name !== 'schema_migrations'),
  };
}

/** By what the migrations make, not by what stands in the schema: an operator may keep other things beside us. */
function tableNames(migrations: readonly Migration[]): string[] {
  return migrations.flatMap(({ sql }) =>
    [...sql.matchAll(/^create (?:unlogged )?table (?:if not exists )?([a-z0-9_]+)/gim)].map(
      match => match[1] as string,
    ),
  );
}

/** In the order of the names, which is that of the migrations. */
function describe(sql: postgres.Sql | postgres.TransactionSql, names: string[]): Promise<Table[]> {
  return sql<Table[]>`
    select wanted.name,
      (select jsonb_agg(attname order by attnum) from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
      (select jsonb_agg(attname order by array_position(indkey::smallint[], attnum))
        from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
        where indrelid = c.oid and indisprimary) as key
    from jsonb_array_elements_text(${JSON.stringify(names)}::text::jsonb) with ordinality as wanted (name, place)
    join pg_class c on c.oid = to_regclass(wanted.name)
    order by place`;
}
