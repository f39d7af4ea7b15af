// A fresh, migrated database for a test: a copy of a template that is made once per server and state of the migrations.
//
// The server is TEST_DATABASE_URL (`npm test` starts one for all files); without it, an embedded one in node_modules/.cache, shared with
// whoever else is testing in this checkout, stopped by the last one out.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type postgres from 'postgres';
import { withConnection, withDatabase } from '../store/databases.ts';
import { type Embedded, openEmbedded } from '../store/embedded.ts';
import { migrate, readMigrations } from '../store/migrate.ts';

export interface TestDatabase {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TestServer {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

const LOCK = 4_703_241_003;
const CACHE = path.join(import.meta.dirname, '../../node_modules/.cache/first-court');

/** The server that tests share. Give each test a database of its own on it. */
export async function openTestServer(): Promise<TestServer> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given, [Symbol.asyncDispose]: async () => {} };
  const embedded: Embedded = await openEmbedded(CACHE, { durable: false });
  return embedded;
}

/** A database with all migrations applied. Disposing drops it, with whoever is still connected. */
export function openTestDatabase(): Promise<TestDatabase> {
  return openCopy('plain', url => withConnection(url, async sql => void (await migrate(sql))));
}

/**
 * A copy of a database that `make` has filled, migrations and all.
 * @param kind names what `make` makes; in small letters
 */
export function openCopy(kind: string, make: (url: string) => Promise<void>): Promise<TestDatabase> {
  return open((sql, url) => ensureTemplate(sql, url, kind, make));
}

/** A database with nothing in it. */
export function openEmptyDatabase(): Promise<TestDatabase> {
  return open(async () => undefined);
}

async function open(
  template: (sql: postgres.Sql, url: string) => Promise<string | undefined>,
): Promise<TestDatabase> {
  const server = await openTestServer();
  const admin = withDatabase(server.url, 'postgres');
  const name = `test_${process.pid}_${crypto.randomUUID().slice(0, 8)}`;
  try {
    await withConnection(admin, async sql => {
      await sql`select pg_advisory_lock(${LOCK})`;
      await dropLeftovers(sql);
      const from = await template(sql, server.url);
      // By file: the log of each page, as by default, takes three times the work, and six times when it is dropped.
      await sql`create database ${sql(name)} strategy file_copy ${from ? sql`template ${sql(from)}` : sql``}`;
    });
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return {
    url: withDatabase(server.url, name),
    async [Symbol.asyncDispose]() {
      await withConnection(admin, sql => sql`drop database if exists ${sql(name)} with (force)`);
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Built under another name and renamed, so that a template that exists is whole. */
async function ensureTemplate(
  sql: postgres.Sql,
  url: string,
  kind: string,
  make: (url: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256')
    .update((await readMigrations()).map(file => file.checksum).join())
    .digest('hex')
    .slice(0, 16);
  const name = `template_${kind}_${hash}`;
  const existing = await sql<
    { datname: string }[]
  >`select datname from pg_database where datname like 'template\\_%'`;
  if (existing.some(row => row.datname === name)) return name;
  for (const { datname } of existing)
    if (!datname.endsWith(hash)) await sql`drop database ${sql(datname)} with (force)`;
  const building = `template_building`;
  await sql`create database ${sql(building)} strategy file_copy`;
  await make(withDatabase(url, building));
  await sql`alter database ${sql(building)} rename to ${sql(name)}`;
  return name;
}

/** Databases of test processes that were killed. */
async function dropLeftovers(sql: postgres.Sql): Promise<void> {
  const rows = await sql<
    { datname: string }[]
  >`select datname from pg_database where datname like 'test\\_%'`;
  for (const { datname } of rows) {
    if (!isAlive(Number(datname.split('_')[1])))
      await sql`drop database if exists ${sql(datname)} with (force)`;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
