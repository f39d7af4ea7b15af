// time limit: 300 s
// The small run of `npm run files:kill`: real hubs on one database and one folder, a real client, and kill -9 in the middle of a request.
// takes: 14 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTestDatabase } from '../../server/testing/database.ts';
import { killRun } from './kill-run.ts';
import { openStorage } from './storage.ts';

const test = suite('files/kill');

test('an upload whose client and whose node were killed is finished at another node, bit for bit', async () => {
  await using database = await openTestDatabase();
  await using storage = await openStorage('disk');
  const size = 6 * 1024 * 1024;
  const report = await killRun({ kills: ['client', 'node'], size, storage, databaseUrl: database.url });
  assert.is(report.received, report.sent);
  assert.not.match(report.output, /unhandled|uncaught/i);
});

test.run();
