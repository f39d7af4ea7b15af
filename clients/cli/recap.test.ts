// `court recap` as a process against a real hub and its own summarizer.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { connect } from '../../server/testing/client.ts';
import { post } from '../../server/testing/summaries.ts';
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

test('what cannot be is told in one line', async () => {
  const { code, stderr } = await cli.run(['recap', 'elsewhere']);
  assert.is(code, 1);
  assert.match(stderr, 'There is no such room.');
});

test.run();
