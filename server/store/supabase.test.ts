import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@supabase/supabase-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTestProject, type TestProject } from '../testing/supabase.ts';
import { withConnection } from './databases.ts';
import type { DbUnavailable } from './db.ts';
import type { MigrationError } from './migrate.ts';
import { openSupabase, type SupabaseOptions } from './supabase.ts';

const test = suite<{ project: TestProject }>('store/supabase');
test.before(async context => {
  context.project = await openTestProject();
});
test.before.each(({ project }) => {
  project.simulator.fault = undefined;
});
test.after(async ({ project }) => project[Symbol.asyncDispose]());

const open = ({ simulator }: TestProject, options: Partial<SupabaseOptions> = {}) =>
  openSupabase({ url: simulator.url, key: simulator.secretKey, ...options });

async function failure(work: Promise<unknown>): Promise<DbUnavailable> {
  return work.then(
    () => assert.unreachable('it should have failed') as never,
    (error: DbUnavailable) => error,
  );
}

const ADA = { id: 'ada', name: 'Canary Ada', role: 'member' };

test('the public key and a signed-in person read nothing and call nothing (I9)', async ({ project }) => {
  const { simulator, databaseUrl } = project;
  await using db = await open(project);
  await db.call('register_user', { ...ADA, email: 'canary@example.com', passwordHash: 'canary' });
  const {
    tables,
    functions,
    open: rights,
  } = await withConnection(databaseUrl, async sql => ({
    tables: await sql<{ name: string }[]>`
      select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    functions: await sql<{ name: string; args: string[] }[]>`
      select proname as name, to_jsonb(coalesce(proargnames, '{}')) as args
      from pg_proc where pronamespace = 'public'::regnamespace and oidvectortypes(proargtypes) in ('', 'jsonb')`,
    open: await sql<{ name: string }[]>`
      select oid::regprocedure::text as name from pg_proc, unnest(array['anon', 'authenticated']) as role
      where pronamespace = 'public'::regnamespace and has_function_privilege(role, oid, 'execute')`,
  }));
  assert.equal([...rights], []);
  assert.ok(tables.length > 10 && functions.length > 20);
  const strangers = [undefined, await simulator.auth.signIn({ app_metadata: { role: 'admin' } })];
  for (const token of strangers) {
    const client = createClient(simulator.url, simulator.publishableKey, {
      auth: { persistSession: false, autoRefreshToken: false },
      global: { headers: token ? { Authorization: `Bearer ${token}` } : {} },
    });
    const refused = async (
      what: string,
      work: PromiseLike<{ error: unknown; data: unknown; status: number }>,
    ) => {
      const { error, data, status } = await work;
      assert.is((error as { code?: string } | null)?.code, '42501', what);
      assert.equal([data, status], [null, token ? 403 : 401], what);
      assert.not.match(JSON.stringify(error), 'anary');
    };
    for (const { name } of tables) await refused(name, client.from(name).select().retry(false));
    for (const { name, args } of functions)
      await refused(name, client.rpc(name, Object.fromEntries(args.map(arg => [arg, { id: 'ada' }]))));
  }
});

test('should a table be opened by mistake, there are still no rows in it (I9)', async ({ project }) => {
  await using db = await open(project);
  await db.call('ensure_user', ADA);
  await withConnection(project.databaseUrl, async sql => {
    await sql`grant select on users to anon`;
    const rows = await sql.begin(async tx => {
      await tx`set local role anon`;
      return await tx`select * from users`;
    });
    await sql`revoke select on users from anon`;
    assert.is(rows.length, 0);
  });
  assert.ok(await db.call('get_user', { id: 'ada' }));
});

test('a key that may not use the database, or none of this project, is one line that names it', async ({
  project,
}) => {
  for (const key of [project.simulator.publishableKey, 'sb_secret_canary']) {
    const { name, message } = await failure(open(project, { key }));
    assert.is(name, 'DbUnavailable');
    assert.match(
      message,
      /^SUPABASE_KEY: this key may not use the database.*; example: SUPABASE_KEY=sb_secret_…$/,
    );
    assert.not.match(message, key);
  }
});

test('an address with nothing or something else behind it is one line that names it', async ({ project }) => {
  const other = createServer((_, response) => void response.end('<h1>It works!</h1>')).listen(0, '127.0.0.1');
  await new Promise(resolve => other.once('listening', resolve));
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const line = /^SUPABASE_URL: http:\/\/127.* cannot be used: .*; example: SUPABASE_URL=https:/;
  assert.match((await failure(open(project, { url }))).message, line);
  other.closeAllConnections();
  await new Promise(resolve => other.close(resolve));
  const nobody = await failure(open(project, { url }));
  assert.match(nobody.message, line);
  assert.equal([nobody.code, nobody.sent], ['ECONNREFUSED', false]);
});

test('a schema that is missing, older or newer is told with what to do', async ({ project }) => {
  await withConnection(project.databaseUrl, async sql => {
    const set = (version: number) =>
      sql.unsafe(`create or replace function schema_version(input jsonb) returns jsonb
        language sql as $$ select '{"version": ${version}}'::jsonb $$`);
    const [row] = await sql`select (schema_version('{}') ->> 'version')::int as version`;
    const told = async () => (await failure(open(project))) as unknown as MigrationError;
    await set(1);
    const older = await told();
    await set(9999);
    const newer = await told();
    await set(row?.version);
    await sql`alter function schema_version rename to mislaid`;
    const missing = await told();
    await sql`alter function mislaid rename to schema_version`;
    assert.equal(
      [older, newer, missing].map(({ code }) => code),
      ['older', 'newer', 'older'],
    );
    assert.match(
      older.message,
      /^SUPABASE_URL: .* migration 1 of \d+\. .*DATABASE_URL=postgres:.* court migrate$/,
    );
    assert.match(
      newer.message,
      /^SUPABASE_URL: .* 9999, this program knows \d+\. Start the newer program\.$/,
    );
    assert.match(missing.message, /^SUPABASE_URL: .* is not set up for First Court\. .* court migrate$/);
  });
  await (await open(project))[Symbol.asyncDispose]();
});

test('a failing gateway leaves the outcome unknown, unless its answer says that nothing ran (I12)', async ({
  project,
}) => {
  const { simulator } = project;
  await using db = await open(project);
  const page = '<html>canary</html>';
  const known = (code: string) => JSON.stringify({ code, message: 'no', details: null, hint: null });
  const cases: [status: number, body: string, code: string, sent: boolean][] = [
    [502, page, 'HTTP502', true],
    [503, page, 'HTTP503', true],
    [504, '', 'HTTP504', true],
    [404, '', 'HTTP204', true],
    [520, page, 'HTTP520', true],
    [429, page, 'HTTP429', false],
    [503, known('PGRST000'), 'PGRST000', false],
    [503, known('PGRST001'), 'PGRST001', true],
    [503, known('PGRST002'), 'PGRST002', false],
    [504, known('PGRST003'), 'PGRST003', false],
    [503, known('57P01'), '57P01', true],
    [500, known('57014'), '57014', false],
    [500, known('55P03'), '55P03', false],
  ];
  for (const [status, body, code, sent] of cases) {
    simulator.fault = { kind: 'status', status, body };
    const error = await failure(db.call('get_user', { id: 'ada' }));
    assert.equal([error.name, error.code, error.sent], ['DbUnavailable', code, sent], `${status} ${body}`);
    assert.not.match(error.message, 'canary');
  }
  for (const [status, body] of [
    [413, page],
    [400, known('PGRST102')],
    [400, known('22P05')],
    [500, known('XX000')],
  ] as const) {
    simulator.fault = { kind: 'status', status, body };
    assert.is((await failure(db.call('get_user', { id: 'ada' }))).name, 'DbError', `${status} ${body}`);
  }
});

test('a call is sent once, also when it fails (I3)', async ({ project }) => {
  const { simulator } = project;
  await using db = await open(project);
  const count = () => simulator.requests.get('/rest/v1/rpc/get_user') ?? 0;
  for (const fault of [
    { kind: 'status', status: 503 },
    { kind: 'status', status: 520 },
    { kind: 'cut' },
  ] as const) {
    const before = count();
    simulator.fault = fault;
    await failure(db.call('get_user', { id: 'ada' }));
    assert.is(count(), before + 1);
  }
});

test('an answer that was lost on the way is an unknown outcome, and the work was done (I12)', async ({
  project,
}) => {
  await using db = await open(project);
  project.simulator.fault = { kind: 'cut' };
  const lost = await failure(db.call('ensure_user', { ...ADA, id: 'lost' }));
  assert.equal([lost.name, lost.sent], ['DbUnavailable', true]);
  project.simulator.fault = undefined;
  assert.ok(await db.call('get_user', { id: 'lost' }));
});

test('a call ends by the time limit, and waits for its turn no longer than it may (I12)', async ({
  project,
}) => {
  await using db = await open(project, { timeout: 300, queueTimeout: 100, max: 1 });
  project.simulator.fault = { kind: 'slow', ms: 60_000 };
  const [slow, late] = await Promise.all([1, 2].map(() => failure(db.call('get_user', { id: 'ada' }))));
  assert.equal([slow?.code, slow?.sent], ['TIMEOUT', true]);
  assert.equal([late?.code, late?.sent], ['QUEUE', false]);
  project.simulator.fault = undefined;
  assert.ok(await db.call('probe', { node: 'n' }));
});

test('after closing nothing is sent any more', async ({ project }) => {
  const db = await open(project);
  await db[Symbol.asyncDispose]();
  const { code, sent } = await failure(db.call('get_user', { id: 'ada' }));
  assert.equal([code, sent], ['CLOSED', false]);
});

test.run();
