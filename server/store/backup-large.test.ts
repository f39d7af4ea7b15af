// A backup of more than fits the buffers on its way: the driver stops reading while they are full, and must go on after the last row.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openEmptyDatabase, openTestDatabase } from '../testing/database.ts';
import { backup } from './backup.ts';
import { withConnection } from './databases.ts';
import { restore } from './restore.ts';

const test = suite('store/backup, large');

test('more than fits any buffer, in many rows and in long ones, goes out and comes back', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'first-court-backup-'));
  await using files = new AsyncDisposableStack();
  files.defer(() => rm(dir, { recursive: true }));
  await using source = await openTestDatabase();
  await using target = await openEmptyDatabase();
  const large = path.join(dir, 'large.gz');
  const sum = (url: string) =>
    withConnection(
      url,
      sql => sql`select count(*)::text, md5(string_agg(id || name, '' order by id)) from users`,
    );
  // Rows end in the middle of a full buffer, at its end, and in the next one.
  for (const rows of [300, 3000, 20_000]) {
    await withConnection(
      source.url,
      sql => sql`insert into users (id, name, role)
        select ${rows} || '-' || n, repeat('x', 200), 'member' from generate_series(1, ${rows}::int) n`,
    );
    await backup(source.url, large);
  }
  await withConnection(
    source.url,
    sql => sql`update users set name = repeat('long ', 100000) where id = '300-1'`,
  );
  await backup(source.url, large);
  await restore(target.url, large);
  assert.equal([...(await sum(target.url))], [...(await sum(source.url))]);
});

test.run();
