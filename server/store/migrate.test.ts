import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  openEmptyDatabase,
  openTestServer,
  type TestDatabase,
  type TestServer,
} from '../testing/database.ts';
import { type MigrationError, migrate, readMigrations } from './migrate.ts';
import { openPostgres, type PostgresDb } from './postgres.ts';

const test = suite<{ server: TestServer; database: TestDatabase; db: PostgresDb; dir: string }>(
  'store/migrate',
);

test.before(async context => {
  context.server = await openTestServer();
});
test.after(async ({ server }) => {
  await server[Symbol.asyncDispose]();
});

test.before.each(async context => {
  context.database = await openEmptyDatabase();
  context.db = await openPostgres(context.database.url);
  context.dir = await mkdtemp(path.join(os.tmpdir(), 'first-court-migrations-'));
});
test.after.each(async ({ database, db, dir }) => {
  await db[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

const ONE = 'create table one (id int); insert into one values (1);';
const TWO =
  'insert into one values (2);\ncreate function two(input jsonb) returns jsonb language sql as $$ select input $$;';

async function write(dir: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(dir, name), text);
}

async function failure(promise: Promise<unknown>): Promise<MigrationError> {
  try {
    await promise;
  } catch (error) {
    return error as MigrationError;
  }
  assert.unreachable('it should have failed');
  throw new Error();
}

test('files are applied once each, in order, and recorded', async ({ db, dir }) => {
  await write(dir, { '0002_two.sql': TWO, '0001_one.sql': ONE, 'README.md': 'not sql' });
  const applied = await migrate(db.sql, dir);
  assert.equal(
    applied.map(file => [file.version, file.name]),
    [
      [1, 'one'],
      [2, 'two'],
    ],
  );
  assert.equal(await migrate(db.sql, dir), []);
  await write(dir, { '0003_three.sql': 'insert into one values (3);' });
  assert.equal(
    (await migrate(db.sql, dir)).map(file => file.version),
    [3],
  );
  assert.equal(
    [...(await db.sql`select id from one order by id`)].map(row => row.id),
    [1, 2, 3],
  );
  const rows = await db.sql`select version, name, applied_at from schema_migrations order by version`;
  assert.equal(
    rows.map(row => row.name),
    ['one', 'two', 'three'],
  );
  assert.instance(rows[0]?.applied_at, Date);
});

test('many nodes that start at once apply each file once', async ({ db, database, dir }) => {
  await write(dir, { '0001_one.sql': `${ONE} select pg_sleep(0.05);`, '0002_two.sql': TWO });
  const nodes = await Promise.all(Array.from({ length: 6 }, () => openPostgres(database.url)));
  const applied = await Promise.all(nodes.map(node => migrate(node.sql, dir)));
  await Promise.all(nodes.map(node => node[Symbol.asyncDispose]()));
  assert.equal(
    applied
      .flat()
      .map(file => file.version)
      .sort(),
    [1, 2],
  );
  assert.is((await db.sql`select from one`).count, 2);
});

test('a file that fails leaves nothing of itself, keeps those before it, and names its line', async ({
  db,
  dir,
}) => {
  await write(dir, {
    '0001_one.sql': ONE,
    '0002_two.sql': 'insert into one values (2);\n\ninsert into absent values (1);',
  });
  const error = await failure(migrate(db.sql, dir));
  assert.equal([error.name, error.code], ['MigrationError', 'failed']);
  assert.match(error.message, /^Migration 0002_two failed \(line 3\): relation "absent" does not exist/);
  assert.equal([...(await db.sql`select id from one`)], [{ id: 1 }]);
  await write(dir, { '0002_two.sql': TWO });
  assert.is((await migrate(db.sql, dir)).length, 1);
});

test('a long migration is not cut off by the limits of calls', async ({ database, dir }) => {
  await using db = await openPostgres(database.url, { statementTimeout: 50, lockTimeout: 50 });
  await write(dir, { '0001_one.sql': `select pg_sleep(0.2); ${ONE}` });
  assert.is((await migrate(db.sql, dir)).length, 1);
});

test('a file that was changed after it was applied is named; other line ends are no change', async ({
  db,
  dir,
}) => {
  await write(dir, { '0001_one.sql': ONE, '0002_two.sql': TWO });
  await migrate(db.sql, dir);
  await write(dir, { '0002_two.sql': TWO.replaceAll('\n', '\r\n') });
  assert.equal(await migrate(db.sql, dir), []);
  await write(dir, { '0002_two.sql': `${TWO} -- changed` });
  const error = await failure(migrate(db.sql, dir));
  assert.is(error.code, 'changed');
  assert.match(error.message, '0002_two was changed after it was applied');
});

test('a database newer than the program is left alone, with a word on what to do', async ({ db, dir }) => {
  await write(dir, { '0001_one.sql': ONE, '0002_two.sql': TWO });
  await migrate(db.sql, dir);
  await rm(path.join(dir, '0002_two.sql'));
  const error = await failure(migrate(db.sql, dir));
  assert.is(error.code, 'newer');
  assert.match(error.message, /0002_two.*knows 1.*Start the newer program/);
});

test('holes among the files or in the recorded history are named', async ({ db, dir }) => {
  await write(dir, { '0001_one.sql': ONE, '0002_two.sql': TWO });
  await migrate(db.sql, dir);
  await db.sql`delete from schema_migrations where version = 1`;
  assert.is((await failure(migrate(db.sql, dir))).code, 'missing');
  await rm(path.join(dir, '0001_one.sql'));
  const gap = await failure(migrate(db.sql, dir));
  assert.equal([gap.code, gap.message], ['gap', 'Migration 0001 is missing: the next file is 0002_two.sql']);
  await write(dir, { '0001_one.sql': ONE, 'three.sql': ONE });
  assert.is((await failure(readMigrations(dir))).code, 'name');
});

test("this program's own migrations apply to an empty database", async ({ db }) => {
  const applied = await migrate(db.sql);
  assert.is(applied.length, (await readMigrations()).length);
  assert.equal(await migrate(db.sql), []);
});

test.run();
