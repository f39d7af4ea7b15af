// The database that needs no setting: a real PostgreSQL of our own in `<dataDir>/postgres`, shared by all processes that open the same
// folder. The first one in starts it, the last one out stops it. A process that is killed leaves a running server at most, which the
// next one takes over.
//
// Who is in: each opener holds a shared advisory lock on a connection of its own, so that the server itself notices when one dies.
// Who leaves tries for the exclusive lock; only the last one gets it, and stops the server while holding it.
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { createCluster, type Home, readPassword } from './cluster.ts';
import { withDatabase } from './databases.ts';
import { DbUnavailable } from './db.ts';
import { EmbeddedError } from './pg-tools.ts';
import { findPostmaster, type Postmaster, startPostmaster, stopPostmaster } from './postmaster.ts';
import { sqlError } from './sql-errors.ts';

export interface EmbeddedOptions {
  /** False switches fsync off; for tests only. */
  durable?: boolean;
  /** Is told in one line when the server was lost and when it is back. */
  onNotice?: (line: string) => void;
}

export interface Embedded {
  /** Of the database `first_court`, with the password in it. */
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Membership {
  server: Postmaster;
  url: string;
  sql: postgres.Sql;
}

const LOCK = 4_703_241_002;
const DATABASE = 'first_court';
const PATIENCE = 30_000;

/**
 * Starts the database or joins the one that runs. Should the server die while we are in, it is started again on the same port.
 * @throws EmbeddedError when it cannot run here; the message says what to do
 */
export async function openEmbedded(dataDir: string, options: EmbeddedOptions = {}): Promise<Embedded> {
  // By its real name: the same folder reached over a link is the same server.
  await mkdir(dataDir, { recursive: true });
  const home: Home = {
    dir: path.join(await realpath(dataDir), 'postgres'),
    durable: options.durable ?? true,
  };
  const notice = options.onNotice ?? (() => {});
  let closing = false;
  let rejoining: Promise<void> = Promise.resolve();

  async function rejoin(): Promise<void> {
    notice('The embedded PostgreSQL was lost; starting it again.');
    while (!closing) {
      try {
        member = await join(home, onLost);
        notice('The embedded PostgreSQL is back.');
        return;
      } catch (error) {
        notice((error as Error).message);
        await delay(1000);
      }
    }
  }
  function onLost(): void {
    if (!closing) rejoining = rejoin();
  }

  let member = await join(home, onLost);
  return {
    url: withDatabase(member.url, DATABASE),
    async [Symbol.asyncDispose]() {
      closing = true;
      await rejoining;
      await leave(home, member);
    },
  };
}

async function join(home: Home, onLost: () => void): Promise<Membership> {
  const until = Date.now() + PATIENCE;
  let last: unknown;
  while (Date.now() < until) {
    if ((await readPassword(home)) === undefined) await createCluster(home);
    const server = (await findPostmaster(home)) ?? (await startPostmaster(home));
    if (server?.ready) {
      try {
        const member = await enter(home, server, onLost);
        if (member) return member;
      } catch (error) {
        if (/^28/.test((error as { code?: string }).code ?? '')) throw wrongPassword(home, error);
        last = error;
      }
    }
    await delay(10);
  }
  const why = last instanceof Error ? ` Last error: ${last.message}` : '';
  throw new EmbeddedError(
    `The embedded PostgreSQL in ${home.dir} did not become ready within ${PATIENCE / 1000} s.${why}`,
  );
}

function wrongPassword({ dir }: Home, error: unknown): EmbeddedError {
  const file = path.join(dir, 'password');
  return new EmbeddedError(
    `The embedded PostgreSQL does not take the password in ${file}: ${(error as Error).message}.`,
  );
}

/** Takes our place among the users of the server; undefined when the last of them is just stopping it. */
async function enter(home: Home, server: Postmaster, onLost: () => void): Promise<Membership | undefined> {
  const url = `postgres://postgres:${await readPassword(home)}@127.0.0.1:${server.port}/postgres`;
  let entered = false;
  const sql = postgres(url, {
    max: 1,
    max_lifetime: null,
    fetch_types: false,
    connect_timeout: 5,
    onnotice: () => {},
    onclose: () => {
      if (entered) onLost();
      entered = false;
    },
    connection: { application_name: `first-court embedded ${process.pid}` },
  });
  try {
    const [row] = await sql`select pg_try_advisory_lock_shared(${LOCK}) as ok`;
    if (row?.ok) {
      await ensureDatabase(sql);
      entered = true;
      return { server, url, sql };
    }
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
  await sql.end({ timeout: 1 });
  return undefined;
}

async function ensureDatabase(sql: postgres.Sql): Promise<void> {
  if ((await sql`select from pg_database where datname = ${DATABASE}`).count > 0) return;
  try {
    await sql`create database ${sql(DATABASE)}`;
  } catch (error) {
    const raced = ['42P04', '23505'].includes((error as { code?: string }).code ?? '');
    if (!raced) throw error;
  }
}

/** Leaves, and stops the server when nobody else is in. */
async function leave(home: Home, { sql, server }: Membership): Promise<void> {
  try {
    if (await isLast(sql)) await stopPostmaster(home, server);
  } finally {
    await sql.end({ timeout: 0 });
  }
}

/** A connection that breaks here was broken by another one on the way out, who is stopping the server already. */
async function isLast(sql: postgres.Sql): Promise<boolean> {
  try {
    await sql`select pg_advisory_unlock_shared(${LOCK})`;
    return (await sql`select pg_try_advisory_lock(${LOCK}) as last`)[0]?.last === true;
  } catch (error) {
    if (sqlError(error, true) instanceof DbUnavailable) return false;
    throw error;
  }
}
