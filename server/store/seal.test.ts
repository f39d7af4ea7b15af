import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTestDatabase } from '../testing/database.ts';
import { withConnection } from './databases.ts';
import { readMigrations } from './migrate.ts';

const test = suite('store/seal');

// The last migration ends with seal() for what it made and schema_version() with its number; see 0005_sealed.sql.
test('every table and function is closed to strangers, and the schema knows its version (I9)', async () => {
  await using database = await openTestDatabase();
  await withConnection(database.url, async sql => {
    const open = await sql<{ name: string }[]>`
      select oid::regprocedure::text as name from pg_proc
        where pronamespace = 'public'::regnamespace and has_function_privilege('public', oid, 'execute')
      union all
      select oid::regclass::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
          and (not relrowsecurity or has_table_privilege('public', oid, 'select, insert, update, delete'))`;
    assert.equal([...open.map(row => row.name)], []);
    const [row] = await sql`select schema_version('{}') as answer`;
    assert.equal(row?.answer, { version: (await readMigrations()).length });
  });
});

test.run();
