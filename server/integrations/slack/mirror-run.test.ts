// The benchmark's run, smaller: both ways at once, with everything going wrong, nothing is lost and nothing comes twice (I3, I6, I14).
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runMirror } from '../../../scripts/bench/slack-mirror/run.ts';
import { openTestDatabase } from '../../testing/database.ts';

const test = suite('slack mirror run');

test('150 messages each way with faults: 0 lost, 0 twice, in order, every edit there', async () => {
  await using database = await openTestDatabase();
  const result = await runMirror({ messages: 150, seed: 7, env: { DATABASE_URL: database.url } });
  const none = { here: 0, there: 0 };
  const { lost, twice, stale, disordered } = result;
  assert.equal({ lost, twice, stale, disordered }, { lost: none, twice: none, stale: none, disordered: 0 });
  assert.ok((result.faults.recycles ?? 0) + (result.faults.cuts ?? 0) > 0, 'something went wrong');
});

test.run();
