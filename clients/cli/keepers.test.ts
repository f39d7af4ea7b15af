// `court` for those who look after people, rooms and nodes, against a real hub: what is shown, what is changed, and what --dry-run leaves alone.
import { PassThrough } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { connect } from '../../server/testing/client.ts';
import { until } from '../../server/testing/until.ts';
import type { Surroundings } from './context.ts';
import { type Cli, openCli, type Ran } from './fixture.ts';
import { perform } from './perform.ts';

const test = suite('court, for keepers');
let hub: TestHub;
let cli: Cli;
let env: { COURT_URL: string; COURT_TOKEN: string };

test.before(async () => {
  hub = await boot({ pollMs: 300 });
  env = { COURT_URL: hub.url, COURT_TOKEN: await hub.token('admin', { role: 'admin' }) };
  cli = await openCli(env);
  for (const id of ['ada', 'bob']) await (await come(id))[Symbol.asyncDispose]();
});
test.after(async () => {
  await cli[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

const come = async (id: string) => connect(hub.url, { token: await hub.token(id) });
const said = async (...args: string[]) => {
  const { code, stdout, stderr } = await cli.run(args);
  assert.is(code, 0, stderr);
  return stdout;
};
const failed = ({ code, stdout, stderr }: Ran, message: string | RegExp) => {
  assert.equal([code, stdout], [1, '']);
  assert.match(stderr, message);
};
const one = async (...args: string[]) => (await cli.json(args))[0];
const audited = async () => (await cli.json(['audit', '-n', '200'])).map(({ action }) => action);

test('user: listed, shown, given a role, disabled, enabled, signed out, disconnected', async () => {
  assert.equal(
    (await cli.json(['user', 'list', '--role', 'member'])).map(({ id }) => id),
    ['ada', 'bob'],
  );
  assert.match(await said('users', 'list', 'ad'), /^USER .*\nada +ada +member/m);
  assert.match(
    await said('user', 'role', 'ada', 'admin', '--dry-run'),
    'Would make ada, member now, an admin',
  );
  assert.equal(await audited(), []);
  assert.is((await one('user', 'role', 'ada', 'admin'))?.role, 'admin');
  assert.match(await said('user', 'role', 'ada', 'member'), 'ada is a member now.');
  failed(await cli.run(['user', 'role', 'admin', 'member', '--dry-run']), 'last admin');
  failed(await cli.run(['user', 'role', 'ada', 'king']), /king/);

  await said('user', 'disable', 'bob', '--until', '2h', '--reason', 'Holidays', '--dry-run');
  assert.is((await one('user', 'show', 'bob'))?.user && (await audited()).length, 2);
  assert.match(
    await said('user', 'disable', 'bob', '--until', '2h', '--reason', 'Holidays'),
    'is disabled until',
  );
  assert.match(await said('user', 'show', 'bob'), /disabled: until .*, Holidays, by admin/);
  assert.equal(
    (await cli.json(['user', 'list', '--disabled'])).map(({ id }) => id),
    ['bob'],
  );
  await said('user', 'enable', 'bob');
  assert.match(await said('user', 'signout', 'bob', '--dry-run'), 'Would end 0 sign-ins of bob');
  assert.equal(await one('user', 'signout', 'ada'), { user: 'ada', sessions: 0 });
  assert.equal(await audited(), [
    'user.role',
    'user.role',
    'user.disabled',
    'user.enabled',
    'user.signed_out',
  ]);

  await using bob = await come('bob');
  assert.match(await said('user', 'sessions', 'bob'), new RegExp(`\n${bob.socket.id} +bob +member`));
  const socket = bob.socket.id ?? '';
  assert.match(await said('user', 'disconnect', '--socket', socket, '--dry-run'), 'Would end 1 connection.');
  assert.ok(bob.socket.connected);
  assert.match(
    await said('user', 'disconnect', '--socket', socket, '--reason', 'Enough'),
    '1 connection ended.',
  );
  assert.equal(await bob.push('session:end'), { code: 'kicked', reconnect: false, reason: 'Enough' });
  failed(await cli.run(['user', 'disconnect']), 'Name a user');
  failed(await cli.run(['user', 'show', 'nobody']), 'There is no such user');
});

test('room: created, shown, people put in, muted, made moderator and taken out, archived; rooms is the same word', async () => {
  assert.match(await said('room', 'create', 'plans', '--kind', 'private', '--dry-run'), 'Would create');
  assert.equal(await cli.json(['room', 'list', '--all']), []);
  await said('room', 'create', 'plans', '--kind', 'private');
  failed(await cli.run(['room', 'create', 'plans', '--dry-run']), 'with this id already');
  assert.match(await said('rooms'), /^plans +plans +private/m);
  assert.match(await said('room', 'list', '--all'), /^plans +plans +private +1 /m);
  assert.match(await said('room', 'add', 'plans', 'bob', '--dry-run'), 'Would put bob into plans');
  await said('room', 'add', 'plans', 'bob');
  await said('room', 'role', 'plans', 'bob', 'moderator');
  await said('room', 'mute', 'plans', 'bob', '--until', '2h');
  assert.match(await said('room', 'show', 'plans'), /^bob +bob +moderator +20/m);
  await said('room', 'mute', 'plans', 'bob', '--undo');
  const shown = await one('room', 'show', 'plans');
  assert.equal(shown?.members, [
    { user: 'admin', name: 'admin', role: 'owner' },
    { user: 'bob', name: 'bob', role: 'moderator' },
  ]);
  await said('room', 'remove', 'plans', 'bob');
  assert.match(await said('room', 'archive', 'plans', '--dry-run'), 'Would archive plans');
  assert.is((await one('room', 'archive', 'plans'))?.archived, true);
  assert.match(await said('room', 'archive', 'plans', '--dry-run'), 'Would leave plans as it is');
  await said('room', 'archive', 'plans', '--undo');
  failed(await cli.run(['room', 'add', 'nowhere', 'bob', '--dry-run']), 'There is no such room');
});

test('ban: added with an end and a reason, listed, lifted', async () => {
  assert.equal(await cli.json(['ban', 'list']), []);
  assert.match(await said('ban', 'add', 'plans', 'bob', '--dry-run'), 'keep them out until: for good');
  await said('ban', 'add', 'plans', 'bob', '--until', '7d', '--reason', 'Spam');
  assert.match(await said('ban', 'list', '--room', 'plans'), /^plans +bob +bob +20.* admin +Spam$/m);
  assert.match(await said('ban', 'lift', 'plans', 'bob', '--dry-run'), 'Would let bob come into plans');
  await said('ban', 'lift', 'plans', 'bob');
  assert.match(await said('bans', 'list'), 'Nobody is banned.');
  failed(await cli.run(['ban', 'lift', 'plans', 'bob', '--dry-run']), 'not banned');
});

test('audit: the newest last, checked as a whole, and against what was kept elsewhere (attack 31)', async () => {
  assert.match(await said('audit', '--action', 'ban'), /ban\.set .*user=bob.*\n.*ban\.lifted/);
  const whole = await one('audit', '--verify');
  assert.equal([whole?.intact, whole?.checked], [true, (await audited()).length]);
  const mark = String(whole?.checkpoint);
  assert.match(await said('audit', '--verify', '--since', mark), 'as they were written');
  const other = mark.replace(/:./, found => (found === ':0' ? ':1' : ':0'));
  failed(await cli.run(['audit', '--verify', '--since', other]), 'is another one');
  const following = new AbortController();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const around = { env: { ...process.env, ...env }, stdin: new PassThrough(), stdout, stderr };
  const done = perform(
    ['audit', '--follow', '-n', '1', '--action', 'user.enabled', '--json'],
    around as unknown as Surroundings,
    following.signal,
  );
  const lines: string[] = [];
  stdout.on('data', chunk => lines.push(...String(chunk).split('\n').filter(Boolean)));
  await until(() => lines.length === 1);
  await cli.run(['user', 'disable', 'ada']);
  await cli.run(['user', 'enable', 'ada']);
  await until(() => lines.length === 2);
  assert.is(JSON.parse(lines[1] ?? '').about.user, 'ada');
  following.abort();
  assert.is(await done, 0);
});

test('stats, and top as lines for programs; without a terminal it says what to use', async () => {
  assert.match(await said('stats'), /^NODE .*REDIS\n.* not looked at .*\n\noutbox: 0 waiting, 0 given up/);
  const [first = {}, second = {}] = await cli.json(['top', '-n', '2']);
  assert.ok(Date.parse(String(second.at)) > Date.parse(String(first.at)));
  assert.is((second.nodes as unknown[]).length, 1);
  failed(await cli.run(['top']), 'court top --json');
  failed(
    await cli.run(['stats'], { env: { COURT_TOKEN: await hub.token('ada') } }),
    /may not see how the nodes stand/,
  );
});

test('top on a terminal: drawn anew when its size changes, left by q or Ctrl-C, and the terminal is given back as it was', async () => {
  for (const [key, code] of [
    ['q', 0],
    ['\u0003', 130],
  ] as const) {
    const modes: boolean[] = [];
    const stdin = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (raw: boolean) => modes.push(raw),
    });
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 20 });
    let screen = '';
    stdout.on('data', chunk => {
      screen += chunk;
    });
    const around = { env: { ...process.env, ...env }, stdin, stdout, stderr: new PassThrough() };
    const done = perform(['top'], around as unknown as Surroundings, new AbortController().signal);
    await until(() => screen.includes('BUSIEST ROOMS'));
    screen = '';
    stdout.rows = 6;
    stdout.emit('resize');
    await until(() => screen !== '');
    assert.not.match(screen, 'BUSIEST ROOMS');
    assert.is(screen.split('\r\n').length, 6);
    stdin.write(key);
    assert.is(await done, code);
    assert.equal(modes, [true, false]);
    assert.ok(screen.endsWith('\u001b[?25h\u001b[?1049l'));
    assert.is(stdout.listenerCount('resize'), 0);
  }
});

test.run();
