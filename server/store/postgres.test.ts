import { once } from 'node:events';
import net from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openEmptyDatabase, type TestDatabase } from '../testing/database.ts';
import { DbError, DbUnavailable } from './db.ts';
import { openPostgres, type PostgresDb } from './postgres.ts';

const FUNCTIONS = `
create function echo(input jsonb) returns jsonb language sql as 'select input';
create function append_events(input jsonb) returns jsonb language sql as 'select input';
create function snooze(input jsonb) returns jsonb language plpgsql as
  $$ begin perform pg_sleep((input->>'seconds')::float8); return input; end $$;
create function refuse(input jsonb) returns jsonb language plpgsql as
  $$ begin raise exception 'no such room' using errcode = 'FC404'; end $$;
create function break_rule(input jsonb) returns jsonb language plpgsql as
  $$ begin insert into things values (1, input->>'secret'), (1, 'again'); return null; end $$;
create function touch_locked(input jsonb) returns jsonb language plpgsql as
  $$ begin lock table things in access exclusive mode; return 'true'; end $$;
create table things (id int constraint things_id primary key, text text);
`;

const test = suite<{ database: TestDatabase; admin: PostgresDb }>('store/postgres');

test.before(async context => {
  context.database = await openEmptyDatabase();
  context.admin = await openPostgres(context.database.url, { name: 'admin', statementTimeout: 20_000 });
  await context.admin.sql.unsafe(FUNCTIONS).simple();
});
test.after(async ({ database, admin }) => {
  await admin[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Terminates the sessions of that name once there is one in the given state, and returns when their processes are gone. */
async function terminate(admin: PostgresDb, name: string, state: 'active' | 'idle'): Promise<void> {
  let pids: number[] = [];
  while (pids.length === 0) {
    const rows = await admin.sql<
      { pid: number }[]
    >`select pid, pg_terminate_backend(pid) from pg_stat_activity
      where application_name = ${name} and state = ${state} and (state = 'idle' or query like '%snooze%')`;
    pids = rows.map(row => row.pid);
  }
  while (pids.some(isAlive)) await admin.sql`select 1`;
  // The ends of their connections are in our sockets now; two more turns of the loop and they are read.
  for (let turn = 0; turn < 2; turn++) await admin.sql`select 1`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function failure(promise: Promise<unknown>): Promise<DbUnavailable> {
  try {
    await promise;
  } catch (error) {
    return error as DbUnavailable;
  }
  assert.unreachable('the call should have failed');
  throw new Error();
}

test('json goes to an SQL function and back unchanged, whatever is in it', async ({ database }) => {
  await using db = await openPostgres(database.url);
  for (const value of [
    { text: `'; drop table things; -- $1 \\ " \u2028 🏀 \u202e`, nested: [{ a: [] }, null, true, 1.5] },
    'a string',
    '{"looks":"like json"}',
    7,
    false,
    null,
    [],
    [1, [2]],
    { seq: 9_007_199_254_740_991 },
    'x'.repeat(200_000),
  ]) {
    assert.equal(await db.call('echo', value), value);
  }
});

test('a name that is not one of ours is refused before it becomes SQL', async ({ admin }) => {
  for (const name of ['echo(null); drop table things; --', 'Echo', '', 'pg.echo']) {
    assert.instance(await failure(admin.call(name, {})), TypeError);
  }
});

test("the database's own errors keep their code and say where, but never a value", async ({ admin }) => {
  const raised = (await failure(admin.call('refuse', {}))) as unknown as DbError;
  assert.instance(raised, DbError);
  assert.is(raised.code, 'FC404');
  assert.is(raised.message, 'no such room');
  const broken = (await failure(admin.call('break_rule', { secret: 'canary' }))) as unknown as DbError;
  assert.is(broken.code, '23505');
  assert.is(broken.constraint, 'things_id');
  assert.match(broken.where ?? '', /^PL\/pgSQL function break_rule\(jsonb\) line 1/);
  assert.not.match(JSON.stringify(broken) + broken.stack, 'canary');
});

test('a statement or a lock that takes too long ends as a definite failure (I12)', async ({
  database,
  admin,
}) => {
  await using db = await openPostgres(database.url, { statementTimeout: 150, lockTimeout: 50 });
  const slow = await failure(db.call('snooze', { seconds: 5 }));
  assert.equal([slow.name, slow.code, slow.sent], ['DbUnavailable', '57014', false]);
  await admin.sql.begin(async tx => {
    await tx`lock table things in access exclusive mode`;
    const locked = await failure(db.call('touch_locked', {}));
    assert.equal([locked.name, locked.code, locked.sent], ['DbUnavailable', '55P03', false]);
  });
});

test('a backend terminated in the middle of a call leaves the outcome unknown, and the next call works (I12)', async ({
  database,
  admin,
}) => {
  await using db = await openPostgres(database.url, { name: 'cut-active', max: 1 });
  for (let round = 0; round < 3; round++) {
    const cut = failure(db.call('snooze', { seconds: 2 }));
    await terminate(admin, 'cut-active', 'active');
    assert.instance(await cut, DbUnavailable);
    assert.is((await cut).sent, true);
    assert.equal(await db.call('echo', { round }), { round });
  }
});

test('idle connections that were cut are replaced without a failed call', async ({ database, admin }) => {
  await using db = await openPostgres(database.url, { name: 'cut-idle', max: 4 });
  for (let round = 0; round < 5; round++) {
    await terminate(admin, 'cut-idle', 'idle');
    const calls = Array.from({ length: 12 }, (_, n) => db.call('echo', n));
    assert.equal(await Promise.all(calls), [...calls.keys()]);
  }
});

test('more calls than connections are answered in turn; who waits too long fails as not sent', async ({
  database,
}) => {
  await using patient = await openPostgres(database.url, { max: 2, queueTimeout: 60_000 });
  const many = Array.from({ length: 200 }, (_, n) => patient.call('echo', n));
  assert.equal(await Promise.all(many), [...many.keys()]);
  await using db = await openPostgres(database.url, { max: 2, queueTimeout: 100 });
  const busy = [db.call('snooze', { seconds: 0.6 }), db.call('snooze', { seconds: 0.6 })];
  const late = await failure(db.call('echo', 'late'));
  assert.equal([late.code, late.sent], ['QUEUE', false]);
  await Promise.all(busy);
  assert.is(await db.call('echo', 'again'), 'again');
});

test('what is said finds a connection where all the others wait for one lock', async ({
  database,
  admin,
}) => {
  await using db = await openPostgres(database.url, {
    max: 5,
    lockTimeout: 60_000,
    statementTimeout: 60_000,
  });
  const order: string[] = [];
  const noted = (name: string, call: Promise<unknown>) => call.then(() => order.push(name));
  const { waiting } = await admin.sql.begin(async tx => {
    await tx`lock table things in access exclusive mode`;
    const waiting = Array.from({ length: 9 }, () => noted('other', db.call('touch_locked', {})));
    await noted('said', db.call('append_events', 'first'));
    return { waiting };
  });
  await Promise.all(waiting);
  assert.equal(order, ['said', ...waiting.map(() => 'other')]);
});

test('a link that stalls ends its calls by a deadline, and a healed one is used again', async ({
  database,
}) => {
  await using proxy = await openProxy(database.url);
  await using db = await openPostgres(proxy.url, { max: 2, connectTimeout: 1000, statementTimeout: 1000 });
  proxy.mode = 'stall';
  const stalled = await failure(db.call('echo', 1));
  assert.equal([stalled.name, stalled.code, stalled.sent], ['DbUnavailable', 'TIMEOUT', true]);
  proxy.mode = 'pass';
  assert.is(await db.call('echo', 2), 2);
});

test('a server that is away, or a proxy that hangs up, fails calls at once as not sent; they work when it is back', async ({
  database,
}) => {
  await using proxy = await openProxy(database.url);
  await using db = await openPostgres(proxy.url, { max: 2 });
  proxy.mode = 'hang up';
  proxy.cut();
  // This one may be on its way already, so its outcome may be unknown.
  await failure(db.call('echo', 0));
  const started = performance.now();
  const failures = await Promise.all([1, 2, 3, 4].map(n => failure(db.call('echo', n))));
  for (const { name, sent } of failures) assert.equal([name, sent], ['DbUnavailable', false]);
  // The deadline of a call that hangs would be 7 s.
  assert.ok(performance.now() - started < 5000);
  assert.ok(proxy.accepted < 30, `${proxy.accepted} connections tried`);
  proxy.mode = 'pass';
  assert.is(await db.call('echo', 5), 5);
});

test('opening says at once when there is no server, no such database, or a wrong password', async ({
  database,
}) => {
  const nowhere = new URL(database.url);
  nowhere.port = '1';
  assert.is((await failure(openPostgres(nowhere.href))).code, 'ECONNREFUSED');
  const absent = new URL(database.url);
  absent.pathname = '/absent';
  assert.is((await failure(openPostgres(absent.href))).code, '3D000');
  const stranger = new URL(database.url);
  stranger.password = 'wrong';
  const refused = await failure(openPostgres(stranger.href));
  assert.is(refused.code, '28P01');
  assert.match(
    refused.message,
    /^DATABASE_URL: 127\.0\.0\.1:\d+\/test_\w+ cannot be used: .*password authentication failed.*; example: DATABASE_URL=postgres:/,
  );
  assert.not.match(refused.message, 'wrong');
});

/** A TCP proxy in front of the server that can stop forwarding, or accept and hang up. */
async function openProxy(url: string) {
  const target = new URL(url);
  const sockets = new Set<net.Socket>();
  const proxy = {
    mode: 'pass' as 'pass' | 'stall' | 'hang up',
    accepted: 0,
    url: '',
    cut: () => sockets.forEach(socket => void socket.destroy()),
    async [Symbol.asyncDispose]() {
      proxy.cut();
      server.close();
      await once(server, 'close');
    },
  };
  const server = net.createServer(client => {
    proxy.accepted++;
    if (proxy.mode === 'hang up') return void client.resume().end();
    const upstream = net.connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', chunk => proxy.mode === 'pass' && to.write(chunk));
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = new URL(url);
  own.port = String((server.address() as net.AddressInfo).port);
  proxy.url = own.href;
  return proxy;
}

test.run();
