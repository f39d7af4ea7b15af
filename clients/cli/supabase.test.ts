// Commands of operators on a Supabase project: its schema comes by the connection string, everything else by its key.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { prepareDatabase } from '../../scripts/simulators/supabase/roles.ts';
import { openSupabaseSimulator } from '../../scripts/simulators/supabase/simulator.ts';
import { openEmptyDatabase } from '../../server/testing/database.ts';
import { openCli } from './fixture.ts';

const test = suite('court, on Supabase');

test('a fresh project is refused with what to do, made ready by migrate, and then used by its key', async () => {
  await using database = await openEmptyDatabase();
  await prepareDatabase(database.url);
  await using project = await openSupabaseSimulator({ databaseUrl: database.url });
  const { url: SUPABASE_URL, secretKey: SUPABASE_KEY } = project;
  await using cli = await openCli({ DATABASE_URL: '', SUPABASE_URL, SUPABASE_KEY, ENVIRONMENT: 'test' });
  const log = await cli.home.write('2004-11-15.txt', '[12:18] <ada> hello\n[12:19] <bob> hi');
  const toImport = ['import', '--format', 'irc', log, '--room', 'imported'];

  for (const [command, told] of [
    [
      toImport,
      /^court: SUPABASE_URL: .* is not set up for First Court\. .*DATABASE_URL=postgres:.*court migrate\n$/,
    ],
    [['migrate'], /^court: Supabase takes .*connection string.*: DATABASE_URL=postgres:.* court migrate\n$/],
  ] as const) {
    const { code, stderr } = await cli.run([...command]);
    assert.is(code, 1);
    assert.match(stderr, told);
  }
  const { stdout } = await cli.run(['checkconfig']);
  assert.match(stdout, `database     Supabase, ${SUPABASE_URL}`);
  assert.not.match(stdout, SUPABASE_KEY);

  const [{ migrations } = {}] = await cli.json(['migrate'], { env: { DATABASE_URL: database.url } });
  assert.ok((migrations as string[]).includes('0005_sealed'));
  const [report] = await cli.json(toImport);
  assert.equal([report?.created, report?.entries, report?.refused], [true, 2, {}]);
});

test.run();
