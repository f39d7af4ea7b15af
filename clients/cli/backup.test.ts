// time limit: 300 s
// `court backup` and `court restore` as an operator runs them: beside a hub on its PostgreSQL, and on an embedded database without one.
// takes: 25 s
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot } from '../../server/testing/boot.ts';
import { openEmptyDatabase } from '../../server/testing/database.ts';
import { openCli } from './fixture.ts';

const test = suite('court backup');

test('beside a running hub, and into another database', async () => {
  await using hub = await boot();
  await using empty = await openEmptyDatabase();
  await using cli = await openCli({ DATABASE_URL: hub.databaseUrl, ENVIRONMENT: 'test' });
  const log = await cli.home.write('2004-11-15.txt', '[12:18] <ada> hello\n[12:19] <bob> hi\n');
  await cli.json(['import', '--format', 'irc', log, '--room', 'ubuntu']);
  const file = path.join(cli.home.path, 'hub.gz');
  const [written] = await cli.json(['backup', file]);
  assert.match(JSON.stringify(written), /"name":"messages".*"rows":2/);

  const there = await cli.run(['restore', file]);
  assert.is(there.code, 1);
  assert.match(there.stderr, /^court: There is data in this database\..*--replace\.\n$/);
  const elsewhere = { env: { DATABASE_URL: empty.url } };
  const dry = await cli.run(['restore', '--dry-run', file], elsewhere);
  assert.match(dry.stdout, /^Would restore \d+ rows of \d+ tables, .* with 1 rooms\.\n$/);
  const { stdout, code, stderr } = await cli.run(['restore', file], elsewhere);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^Restored .*\nEach of the 1 rooms has a new epoch.*\nAll sign-ins ended \(0\)/);
  const [again] = await cli.json(['restore', '--replace', file], elsewhere);
  assert.equal([again?.rooms, again?.replaced], [1, true]);

  await writeFile(file, (await readFile(file)).subarray(0, -20));
  const broken = await cli.run(['restore', '--replace', file]);
  assert.is(broken.code, 1);
  assert.match(broken.stderr, /broken or not whole.*Nothing was changed\.\n$/);
});

test('an embedded database, with no hub running', async () => {
  await using cli = await openCli({ ENVIRONMENT: 'test', DATABASE_URL: '' });
  const data = (name: string) => ({ env: { DATA_DIR: path.join(cli.home.path, name) } });
  const log = await cli.home.write('2004-11-15.txt', '[12:18] <ada> hello\n');
  const file = path.join(cli.home.path, 'hub.gz');
  const none = await cli.run(['backup', file], data('one'));
  assert.match(none.stderr, /^court: There is no database in .*one yet\.\n$/);
  await cli.json(['import', '--format', 'irc', log, '--room', 'ubuntu'], data('one'));
  await cli.json(['backup', file], data('one'));
  const dry = await cli.run(['restore', '--dry-run', file], data('two'));
  assert.match(dry.stdout, /is whole, and there is no database yet/);
  const [restored] = await cli.json(['restore', file], data('two'));
  assert.equal([restored?.rooms, restored?.replaced], [1, false]);
  const { stderr } = await cli.run(['restore', file], data('two'));
  assert.match(stderr, /There is data/);
});

test.run();
