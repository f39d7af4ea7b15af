/**
 * The `postgres` driver behind Db: a bounded pool that outlives restarts of the server, stalled links and proxies that accept and
 * hang up, and that never leaves a call without an answer.
 */
import net from 'node:net';
import postgres from 'postgres';
import { callSql, type Db, DbUnavailable } from './db.ts';
import { sqlError } from './sql-errors.ts';

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

/** A Db, and the driver itself for migrations and tests. */
export interface PostgresDb extends Db {
  readonly sql: Sql;
}

/**
 * Connects and checks the connection.
 * @throws DbUnavailable or DbError when the server does not answer, or refuses us
 */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<PostgresDb> {
  const { max = 10, statementTimeout = 3000, connectTimeout = 3000, queueTimeout = 3000 } = options;
  const links = createLinks();
  const sql = postgres(url, {
    max,
    // Not in the driver's types: one statement at a time on each connection, so that none waits behind a slow one.
    ...{ max_pipeline: 0 },
    socket: links.open,
    connect_timeout: connectTimeout / 1000,
    backoff: () => 0.1,
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: options.name ?? 'first-court',
      statement_timeout: statementTimeout,
      lock_timeout: options.lockTimeout ?? 1000,
    },
  } as postgres.Options<Record<string, never>>) as Sql;
  const turns = createTurns(max, queueTimeout);
  // The server answers or ends every statement by its own timeouts; past this sum the link itself must be dead.
  const deadline = connectTimeout + statementTimeout + 1000;

  async function attempt(text: string, json: string) {
    const query = sql.unsafe(text, [json], { prepare: true });
    let overdue = false;
    const timer = setTimeout(() => {
      overdue = true;
      links.cut();
    }, deadline);
    try {
      return (await query)[0]?.data as unknown;
    } catch (error) {
      // The driver sets `state` when it hands a query to a connection.
      const executed = (query as unknown as { state: unknown }).state !== null;
      if (overdue)
        throw new DbUnavailable(`The database did not answer in ${deadline} ms`, 'TIMEOUT', executed);
      throw sqlError(error, executed);
    } finally {
      clearTimeout(timer);
    }
  }

  async function call(fn: string, input: unknown): Promise<unknown> {
    const text = callSql(fn);
    const json = JSON.stringify(input);
    await turns.take();
    try {
      return await attempt(text, json);
    } catch (error) {
      // A pooled connection may have died unnoticed; what was not sent is tried once more on a new one.
      if (!(error instanceof DbUnavailable) || error.sent || !CONNECTION_LOST.test(error.code)) throw error;
      return await attempt(text, json);
    } finally {
      turns.give();
    }
  }

  const db: PostgresDb = { sql, call, [Symbol.asyncDispose]: () => sql.end({ timeout: 5 }) };
  try {
    await sql`select 1`;
  } catch (error) {
    await db[Symbol.asyncDispose]();
    throw sqlError(error, false);
  }
  return db;
}

const CONNECTION_LOST = /^(CONNECTION_CLOSED|CONNECTION_DESTROYED|ECONNRESET|EPIPE|57P0[12])$/;

/** The sockets of one pool, so that a stalled link can be cut: the driver alone would wait for TCP's quarter of an hour. */
function createLinks() {
  const sockets = new Set<net.Socket>();
  let turn = 0;

  function open({ host, port }: { host: string[]; port: number[] }): net.Socket {
    for (const socket of sockets) if (socket.destroyed) sockets.delete(socket);
    const next = turn++ % host.length;
    const target = { host: host[next] ?? 'localhost', port: port[next] ?? 5432 };
    const socket = net.connect(target);
    // The driver reconnects without end or pause when a server hangs up before its first byte; an error ends that call.
    socket.on('end', () => {
      if (socket.bytesRead === 0)
        socket.destroy(new Error('the server closed the connection before answering'));
    });
    sockets.add(socket);
    return Object.assign(socket, target);
  }

  function cut(): void {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  }
  return { open, cut };
}

/** Lets `max` callers in at once and the others in order of arrival, none waiting longer than `patience` ms. */
function createTurns(max: number, patience: number) {
  const waiting: (() => void)[] = [];
  let free = max;

  function take(): Promise<void> {
    if (free > 0) {
      free--;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(
          new DbUnavailable(`The database is busy: no free connection within ${patience} ms`, 'QUEUE', false),
        );
      }, patience);
      waiting.push(enter);
    });
  }

  function give(): void {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
  return { take, give };
}
