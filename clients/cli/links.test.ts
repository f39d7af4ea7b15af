// `court links`, `link`, `unlink`, `integrations` against a real hub, as an admin and as somebody who is none.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { type Cli, openCli, type RunOptions } from './fixture.ts';

const test = suite('court, for links');
let hub: TestHub;
let cli: Cli;
let asRoot: RunOptions;
let asIda: RunOptions;

test.before(async () => {
  hub = await boot();
  cli = await openCli({ COURT_URL: hub.url, ENVIRONMENT: 'test' });
  asRoot = { env: { COURT_TOKEN: await hub.token('root', { role: 'admin' }) } };
  asIda = { env: { COURT_TOKEN: await hub.token('ida') } };
});
test.after(async () => {
  await cli[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

test('an admin ties an account to a user, who sees it; unlinking takes it back, once', async () => {
  assert.equal(await cli.json(['links'], asIda), []);
  await cli.json(['link', 'slack', 'U1', 'ida'], asRoot);
  const [link] = await cli.json(['links'], asIda);
  assert.equal([link?.vendor, link?.id, link?.user, link?.how], ['slack', 'U1', 'ida', 'admin']);
  await cli.json(['unlink', 'slack', '--user', 'ida'], asRoot);
  const again = await cli.run(['unlink', 'slack'], asIda);
  assert.equal([again.code, again.stdout], [1, '']);
  assert.match(again.stderr, /no such link/);
});

test('anybody gets a code for their own account; ties and states are for admins', async () => {
  const [code] = await cli.json(['link', 'gather'], asIda);
  assert.match(String(code?.code), /^[A-Z2-9]{10}$/);
  const [tie, states] = await Promise.all([
    cli.run(['link', 'slack', 'U1', 'ida'], asIda),
    cli.json(['integrations'], asRoot),
  ]);
  assert.is(tie.code, 1);
  assert.match(tie.stderr, /Only admins may link accounts of others/);
  assert.equal(states, [
    { vendor: 'slack', state: 'off' },
    { vendor: 'gather', state: 'off' },
    { vendor: 'google', state: 'off' },
  ]);
});

test.run();
