// `court recap` as a process against a real hub and its own summarizer.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { connect } from '../../server/testing/client.ts';
import { post } from '../../server/testing/summaries.ts';
import type { PostedSummary } from '../../shared/protocol/summaries.ts';
import { type Cli, openCli } from './fixture.ts';

const test = suite('court recap');
let hub: TestHub;
let cli: Cli;

test.before(async () => {
  hub = await boot();
  cli = await openCli({ COURT_URL: hub.url, COURT_TOKEN: await hub.token('ada', { name: 'Ada' }) });
  await using ada = await connect(hub.url, { token: await hub.token('ada', { name: 'Ada' }) });
  await ada.call('room:create', { id: 'plans', title: 'Plans', kind: 'private' });
  await post(ada, 'plans', 'We meet in the park at noon on Saturday, as everybody wished.');
  await post(ada, 'plans', 'The sandwiches for all twelve people come from the bakery in the old town.');
});
test.after(async () => {
  await cli?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

test('points with the numbers of their sources, the sources below, and who wrote it', async () => {
  const { code, stdout, stderr } = await cli.run(['recap', 'plans', '--range', 'all']);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^• .*park.* \[1\]$/m);
  assert.match(stdout, /^\[1\] #\d+ We meet in the park/m);
  assert.match(stdout, /Extracted without a model\n$/);
});

test('as JSON it is the summary; posted, it is in the room', async () => {
  const [summary, ...more] = await cli.json(['recap', 'plans', '--range', 'all', '--post']);
  assert.ok(Array.isArray(summary?.claims) && summary.claims.length > 0);
  assert.equal(more, []);
  const tail = await cli.json(['tail', 'plans', '--no-follow']);
  assert.is(tail.at(-1)?.text, summary?.text);
});

test('what was posted is in an export, and with its sources in the room that is made of it', async () => {
  const env = { DATABASE_URL: hub.databaseUrl };
  const { stdout } = await cli.run(['export', '--room', 'plans']);
  const file = path.join(cli.home.path, 'plans.jsonl');
  await writeFile(file, stdout);
  const [report] = await cli.json(
    ['import', '--format', 'jsonl', '--room', 'copy', '--kind', 'public', file],
    { env },
  );
  assert.equal(report?.refused, {});
  const message = async (room: string) => (await cli.json(['tail', room, '--no-follow'])).at(-1);
  const there = await message('copy');
  const here = await message('plans');
  assert.ok(there && here);
  assert.is(there.text, here.text);
  const { citations } = there.summary as PostedSummary;
  assert.equal(
    citations.map(({ messageId, quote }) => ({ messageId, quote })),
    (here.summary as PostedSummary).citations.map(({ messageId, quote }) => ({ messageId, quote })),
  );
  // They count in another log now.
  const said = await cli.json(['tail', 'copy', '--no-follow']);
  for (const { seq, messageId } of citations) assert.is(said.find(({ id }) => id === messageId)?.seq, seq);
});

test('what cannot be is told in one line', async () => {
  const { code, stderr } = await cli.run(['recap', 'elsewhere']);
  assert.is(code, 1);
  assert.match(stderr, 'There is no such room.');
});

test.run();
