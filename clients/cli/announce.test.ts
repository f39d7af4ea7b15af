// `court announce` and `court hook` against a real hub: said, watched until everybody has acknowledged it, listed, ended; webhooks made, tried, renewed and
// taken away; and what is wrong is told before a hub is asked.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { connect } from '../../server/testing/client.ts';
import { until } from '../../server/testing/until.ts';
import { openWebhookReceiver } from '../../server/testing/webhooks/receiver.ts';
import { type Cli, openCli } from './fixture.ts';

const test = suite('court announce and hook');
let hub: TestHub;
let cli: Cli;

test.before(async () => {
  hub = await boot({ env: { PRIVATE_TARGETS: '127.0.0.1' } });
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
  // What an open connection was given is written down a moment later.
  await until(async () => {
    const { code, stdout } = await cli.run(['announce', '--status', String(again?.id)]);
    return code === 0 && /Delivered +1 of 2\n\nMISSING.*\nbob +bob +no/.test(stdout);
  }, 'one of two has it');
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

const hooks = () => cli.json(['hook', 'list', 'lobby']);

test('webhooks: one that speaks, and one that hears: the secret alone on stdout, a trial, a renewal, an end', async () => {
  await using receiver = await openWebhookReceiver();
  await using admin = await connect(hub.url, { token: await hub.token('admin', { role: 'admin' }) });
  await admin.call('room:create', { id: 'lobby', title: 'Lobby', kind: 'public' });
  const { stdout } = await cli.run(['hook', 'add-in', 'lobby', 'Deploys']);
  assert.match(stdout, /^http:\/\/\S+\/api\/hooks\/[\w-]{43}\n$/);
  const said = await fetch(stdout.trim(), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"text": "It is live"}',
  });
  assert.is(said.status, 200);

  const [made] = await cli.json([
    'hook',
    'add-out',
    'lobby',
    'Archive',
    `${receiver.url}/a`,
    '--events',
    'message.created',
  ]);
  receiver.secrets.set('/a', [String(made?.secret)]);
  const id = String(made?.id);
  const [tried] = await cli.json(['hook', 'test', id]);
  assert.is(tried?.status, 204);
  receiver.faults.set('/a', [503]);
  const failed = await cli.run(['hook', 'test', id]);
  assert.is(failed.code, 1);
  assert.match(failed.stderr, 'The receiver answered with 503.');
  const [renewed] = await cli.json(['hook', 'renew', id]);
  assert.match(String(renewed?.secret), /^whsec_/);
  const [resumed] = await cli.json(['hook', 'resume', id, '--skip']);
  assert.equal([resumed?.state, resumed?.behind], ['on', 0]);
  assert.match((await cli.run(['hook', 'list', 'lobby'])).stdout, /Deploys.*\n.*Archive +on/);

  await cli.json(['hook', 'remove', id]);
  assert.equal(
    (await hooks()).map(({ name }) => name),
    ['Deploys'],
  );
});

test('webhooks: --dry-run says what would be done, and what would be refused', async () => {
  const before = await hooks();
  const [{ id } = {}] = before;
  for (const args of [
    ['add-in', 'lobby', 'x'],
    ['add-out', 'lobby', 'x', 'https://hooks.example/'],
    ['renew', String(id)],
    ['resume', String(id)],
    ['remove', String(id)],
  ])
    assert.is((await cli.json(['hook', ...args, '--dry-run']))[0]?.dryRun, true, args.join(' '));
  assert.equal(await hooks(), before);
  const eve = { env: { COURT_TOKEN: await hub.token('eve') } };
  assert.match(
    (await cli.run(['hook', 'remove', String(id), '--dry-run'], eve)).stderr,
    'There is no such webhook.',
  );
  assert.match(
    (await cli.run(['hook', 'add-out', 'lobby', 'x', 'https://x/', '--events', 'talk'])).stderr,
    '"talk" is no entry',
  );
});

test.run();
