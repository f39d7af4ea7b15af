// The `postgres` driver behind Db: a bounded pool that outlives restarts of the server, stalled links and proxies that accept and
// hang up, and that never leaves a call without an answer.
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { callSql, type Db, DbUnavailable, isUrgent, keptOf } from './db.ts';
import { createLink, type Link } from './link.ts';
import { sqlError } from './sql-errors.ts';
import { createTurns } from './turns.ts';

export type Sql = postgres.Sql;

/** Times are in milliseconds. */
export interface PostgresOptions {
  /** Connections in the pool; as many calls run at once, the others wait their turn. */
  max?: number;
  /** Shows in pg_stat_activity as application_name. */
  name?: string;
  /** The server ends a statement that takes longer. */
  statementTimeout?: number;
  /** The server ends a statement that waits longer for a lock. */
  lockTimeout?: number;
  connectTimeout?: number;
  /** How long a call may wait for its turn before it fails as not sent. */
  queueTimeout?: number;
}

/** A Db, and beside it the bare driver for migrations and tests, which connects when it is first used. */
export interface PostgresDb extends Db {
  readonly sql: Sql;
}

/**
 * Connects and checks the connection.
 * @throws DbUnavailable, in one line for the operator, when the server does not answer or refuses us
 */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<PostgresDb> {
  const { max = 10, statementTimeout = 3000, connectTimeout = 3000, queueTimeout = 3000 } = options;
  const shared = {
    connect_timeout: connectTimeout / 1000,
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: options.name ?? 'first-court',
      statement_timeout: statementTimeout,
      lock_timeout: options.lockTimeout ?? 1000,
    },
  };
  const links = new Set<Link>();
  // Connections of their own, since a new one takes the server long before it answers as fast as one that is used all the time.
  const kept = keptOf(max);
  const others = createLane(max - kept);
  const urgent = kept > 0 ? createLane(kept) : others;
  // The server answers or ends every statement by its own timeouts; past this sum the link itself must be dead.
  const deadline = connectTimeout + statementTimeout + 1000;

  function createLane(most: number) {
    return { turns: createTurns(most, queueTimeout), idle: [] as Link[] };
  }

  function takeLink(idle: Link[]): Link {
    for (let link = idle.pop(); link; link = idle.pop()) if (link.alive) return link;
    const link = createLink(url, shared, () => links.delete(link));
    links.add(link);
    return link;
  }

  async function run(idle: Link[], text: string, json: string): Promise<unknown> {
    const link = takeLink(idle);
    const query = link.sql.unsafe(text, [json], { prepare: true });
    let overdue = false;
    const timer = setTimeout(() => {
      overdue = true;
      link.cut();
    }, deadline);
    try {
      const rows = await query;
      idle.push(link);
      return rows[0]?.data;
    } catch (error) {
      // The driver sets `state` when it hands a query to a connection.
      const executed = (query as unknown as { state: unknown }).state !== null;
      const failure = overdue
        ? new DbUnavailable(`The database did not answer in ${deadline} ms`, 'TIMEOUT', executed)
        : sqlError(error, executed);
      if (endsSession(failure)) link.cut();
      else idle.push(link);
      throw failure;
    } finally {
      clearTimeout(timer);
    }
  }

  async function call(fn: string, input: unknown): Promise<unknown> {
    const text = callSql(fn);
    const json = JSON.stringify(input);
    const { turns, idle } = isUrgent(fn) ? urgent : others;
    await turns.take();
    try {
      return await run(idle, text, json);
    } finally {
      turns.give();
    }
  }

  const sql = postgres(url, { ...shared, max: 2, idle_timeout: 10 }) as Sql;
  async function close(): Promise<void> {
    const done = Promise.all([others, urgent].map(({ turns }) => turns.close()));
    await Promise.race([done, delay(5000, undefined, { ref: false })]);
    for (const link of links) link.cut();
    await sql.end({ timeout: 1 });
  }

  const link = takeLink(others.idle);
  try {
    await link.sql`select 1`;
    others.idle.push(link);
  } catch (error) {
    await close();
    const { message, code } = sqlError(error, false);
    throw new DbUnavailable(
      `DATABASE_URL: ${whereTo(url)} cannot be used: ${message}; example: ${EXAMPLE}`,
      code,
      false,
    );
  }
  return { sql, call, [Symbol.asyncDispose]: close };
}

const EXAMPLE = 'DATABASE_URL=postgres://user:password@localhost:5432/first_court';

/** Without user and password. */
function whereTo(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** Timeouts of a statement leave its session whole; every other trouble with the database means a new connection. */
function endsSession(error: Error): boolean {
  return error instanceof DbUnavailable && !/^(57014|55P03)$/.test(error.code);
}
