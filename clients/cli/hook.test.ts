// `court hook` against a real hub and a real receiver: made, tried, renewed, and taken away; --dry-run does nothing.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { connect } from '../../server/testing/client.ts';
import { openWebhookReceiver, type WebhookReceiver } from '../../server/testing/webhooks/receiver.ts';
import { type Cli, openCli } from './fixture.ts';

const test = suite('court hook');
let hub: TestHub;
let receiver: WebhookReceiver;
let cli: Cli;

test.before(async () => {
  hub = await boot({ env: { PRIVATE_TARGETS: '127.0.0.1' } });
  receiver = await openWebhookReceiver();
  const token = await hub.token('olga');
  cli = await openCli({ COURT_URL: hub.url, COURT_TOKEN: token });
  await using olga = await connect(hub.url, { token });
  await olga.call('room:create', { id: 'lobby', title: 'Lobby', kind: 'public' });
});
test.after(async () => {
  await cli?.[Symbol.asyncDispose]();
  await receiver?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

const all = () => cli.json(['hook', 'list', 'lobby']);

test('one that speaks, and one that hears: the secret alone on stdout, a trial, a renewal, an end', async () => {
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
    (await all()).map(({ name }) => name),
    ['Deploys'],
  );
});

test('--dry-run says what would be done, and what would be refused', async () => {
  const before = await all();
  const [{ id } = {}] = before;
  for (const args of [
    ['add-in', 'lobby', 'x'],
    ['add-out', 'lobby', 'x', 'https://hooks.example/'],
    ['renew', String(id)],
    ['resume', String(id)],
    ['remove', String(id)],
  ])
    assert.is((await cli.json(['hook', ...args, '--dry-run']))[0]?.dryRun, true, args.join(' '));
  assert.equal(await all(), before);
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
