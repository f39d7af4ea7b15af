// `court announce` against a real hub: said, watched until everybody has acknowledged it, listed, ended; and what is wrong is told before a hub is asked.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { connect } from '../../server/testing/client.ts';
import { type Cli, openCli } from './fixture.ts';

const test = suite('court announce');
let hub: TestHub;
let cli: Cli;

test.before(async () => {
  hub = await boot();
  cli = await openCli({ COURT_URL: hub.url, COURT_TOKEN: await hub.token('admin', { role: 'admin' }) });
});
test.after(async () => {
  await cli[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

test('said to people, watched to its end, then who has it', async () => {
  await using ada = await connect(hub.url, { token: await hub.token('ada') });
  await connect(hub.url, { token: await hub.token('bob') }).then(bob => bob[Symbol.asyncDispose]());
  const watching = cli.json([
    'announce',
    'Out by the *north* door',
    '--level',
    'critical',
    '--users',
    'ada',
    '--require-ack',
    '--watch',
    '--key',
    'drill',
  ]);
  const { id, text, level } = await ada.push('announcement');
  assert.equal([text, level], ['Out by the *north* door', 'critical']);
  await ada.call('announce:ack', { id });
  const last = (await watching).at(-1);
  assert.equal([last?.audience, last?.delivered, last?.acked], [1, 1, 1]);

  const [again] = await cli.json([
    'announce',
    'Good morning',
    '--users',
    'ada,bob',
    '--until',
    '2h',
    '--email',
    '1d',
  ]);
  const { code, stdout } = await cli.run(['announce', '--status', String(again?.id)]);
  assert.is(code, 0);
  assert.match(stdout, /Delivered +1 of 2\n\nMISSING.*\nbob +bob +no/);
  const [first] = await cli.json(['announce', '--list']);
  assert.equal([first?.text, first?.state], ['Good morning', 'running']);
  assert.match((await cli.run(['outbox'])).stdout, '0 waiting, 0 sent, 0 dead, 0 cancelled');
});

test('nobody to say it to, no such time: one line each, and a code', async () => {
  for (const [args, words] of [
    [['announce', 'x'], 'Say to whom'],
    [['announce', 'x', '--all', '--from', 'soon'], 'neither a time nor a duration'],
  ] as const) {
    const { code, stderr } = await cli.run([...args]);
    assert.is.not(code, 0);
    assert.match(stderr, words);
  }
});

test.run();
