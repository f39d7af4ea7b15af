// time limit: 300 s
// Commands of operators, each as a process: import, replay, token, migrate, checkconfig, completion, and the `court` of the package.
// takes: 16 s
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { openEmptyDatabase } from '../../server/testing/database.ts';
import { type Cli, openCli, type Ran } from './fixture.ts';

const test = suite('court, for operators');
const SECRET = 'another secret of the tests, long enough';
let hub: TestHub;
let cli: Cli;
let log: string;

const LOG = [
  '[12:18] <Matt|> hello',
  '=== [[mandrix]] [~m@host]  has joined #ubuntu',
  '[12:18] <ChrischiO`GER> hi\x02 there',
  '[12:19] <[[mandrix]]> who is here?',
  '[12:19]  * Matt| waves',
  '[12:19] <opteron>',
  '=== Matt| is now known as Matt',
  '[12:20] <Matt> bye',
  '=== Matt [~m@host]  has left #ubuntu []',
].join('\n');

test.before(async () => {
  hub = await boot({ env: { JWT_SECRET: SECRET } });
  cli = await openCli({
    COURT_URL: hub.url,
    DATABASE_URL: hub.databaseUrl,
    JWT_SECRET: SECRET,
    ENVIRONMENT: 'test',
  });
  log = await cli.home.write('2004-11-15.txt', LOG);
});
test.after(async () => {
  await cli[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

async function tokenOf(user: string): Promise<string> {
  const [{ token } = {}] = await cli.json(['token', '--user', user]);
  return token as string;
}

function failed({ code, stdout, stderr }: Ran, message: RegExp): void {
  assert.is(code, 1, stderr);
  assert.is(stdout, '');
  assert.is(stderr.split('\n').length, 2, `one line: ${stderr}`);
  assert.match(stderr, message);
}

test('token: signed with the secret of the hub, which takes it and writes the person down', async () => {
  const { stdout } = await cli.run([
    'token',
    '--user',
    'ada',
    '--name',
    'Ada',
    '--role',
    'bot',
    '--ttl',
    '15m',
  ]);
  const me = await fetch(`${hub.url}/api/me`, { headers: { authorization: `Bearer ${stdout.trim()}` } });
  const { user, expiresAt } = (await me.json()) as { user: object; expiresAt: number };
  assert.equal(user, { id: 'ada', name: 'Ada', role: 'bot' });
  assert.ok(Math.abs(expiresAt - Date.now() - 15 * 60_000) < 60_000);
  failed(await cli.run(['token', '--user', 'x', '--ttl', 'soon']), /not a duration/);
  failed(
    await cli.run(['token', '--user', 'x', '--role', 'king']),
    /Allowed choices are guest, member, bot, admin/,
  );
  failed(await cli.run(['token', '--user', ' ']), /is blank/);
  failed(await cli.run(['token', '--user', 'x'], { env: { PORT: 'x' } }), /^court: PORT: .*example: /);
});

test('import: a running hub tells those who listen within 2 s', async () => {
  const env = { COURT_TOKEN: await tokenOf('listener') };
  await cli.json(['import', '--format', 'irc', log, '--room', 'imported']);
  const child = cli.start(['tail', 'imported', '--json', '-n', '0'], env);
  const heard = new Promise<string>(resolve => child.stdout.setEncoding('utf8').once('data', resolve));
  // It listens once it is a member.
  for (;;) {
    const events = await hub.db.call('feed_events', { room: 'imported', after: 0, page: 100 });
    if (JSON.stringify(events).includes('"listener"')) break;
  }
  const more = await cli.home.write('2004-11-16.txt', '[01:00] <late> one more');
  await cli.json(['import', '--format', 'irc', more, '--room', 'imported']);
  const written = performance.now();
  assert.is(JSON.parse(await heard).text, 'one more');
  // Two seconds, and what a busy machine adds.
  assert.ok(performance.now() - written < 10_000, `after ${performance.now() - written} ms`);
  child.kill('SIGTERM');
  await new Promise(resolve => child.once('exit', resolve));
});

test('import: what it says to people and to programs', async () => {
  const dry = await cli.json(['import', '--format', 'irc', log, '--room', 'lines', '--dry-run']);
  assert.equal(dry, [{ room: 'lines', dryRun: true, entries: 9, people: 4, skipped: { 'empty text': 1 } }]);
  const [report] = await cli.json(['import', '--format', 'irc', log, '--room', 'lines']);
  const { seconds, ...counts } = report ?? {};
  assert.type(seconds, 'number');
  assert.equal(counts, {
    room: 'lines',
    created: true,
    entries: 9,
    imported: 11,
    duplicates: 0,
    unchanged: 0,
    refused: {},
    skipped: { 'empty text': 1 },
    people: 4,
  });
  const { stdout, stderr } = await cli.run(['import', '--format', 'irc', log, '--room', 'lines']);
  assert.match(
    stdout,
    /^Imported 0 entries of 4 people into lines in [\d.]+ s\.\nThere already: 9\.\nSkipped: 1 \(empty text\)\.\n$/,
  );
  assert.is(stderr, '', 'no progress bar where nobody looks');
});

test('import: an unreadable, empty or foreign file is named', async () => {
  const into = (file: string, format: string) =>
    cli.run(['import', '--format', format, file, '--room', 'bad']);
  failed(await into('/nowhere.txt', 'irc'), /Cannot read \/nowhere\.txt: it does not exist/);
  failed(await into(cli.home.path, 'irc'), /it is a folder/);
  failed(
    await into(await cli.home.write('2020-01-01.txt', '\n'), 'irc'),
    /nothing in it that can be imported/,
  );
  failed(await into(log, 'jsonl'), /2004-11-15\.txt:1 is not JSON/);
  failed(await into(cli.home.path, 'slack'), /not a Slack export/);
  failed(await into(log, 'xml'), /Allowed choices are irc, slack, jsonl/);
  failed(await cli.run(['import', log, '--room', 'bad']), /required option '--format <format>'/);
  const noDatabase = { env: { DATABASE_URL: 'postgres://x:y@127.0.0.1:9/z' } };
  failed(
    await cli.run(['import', '--format', 'irc', log, '--room', 'bad'], noDatabase),
    /^court: .*127\.0\.0\.1:9|refused|reach/i,
  );
});

test('export and import again: the copy has the same entries', async () => {
  const env = { COURT_TOKEN: await tokenOf('ada') };
  await cli.json(['import', '--format', 'irc', log, '--room', 'original']);
  await cli.json(['rooms', 'join', 'original'], { env });
  const file = path.join(cli.home.path, 'original.jsonl');
  await cli.json(['export', '--room', 'original', '--out', file], { env });
  const [report] = await cli.json(['import', '--format', 'jsonl', file, '--room', 'copy']);
  assert.equal(report?.refused, {});
  const read = async (room: string) => {
    const { stdout } = await cli.run(['export', '--room', room], { env });
    return stdout
      .trimEnd()
      .split('\n')
      .slice(3)
      .map(line => JSON.parse(line));
  };
  assert.equal(await read('copy'), await read('original'));
});

test('replay: one socket per nick; joins, parts and texts arrive as they are', async () => {
  const [report] = await cli.json(['replay', log, '--room', 'live', '--speed', 'max']);
  const { seconds, ack, ...counts } = report ?? {};
  assert.equal(counts, {
    room: 'live',
    entries: 9,
    nicks: 4,
    sent: 5,
    acknowledged: 5,
    duplicates: 0,
    errors: {},
  });
  assert.type(seconds, 'number');
  assert.equal(Object.keys(ack as object), ['p50', 'p99', 'max']);
  const env = { COURT_TOKEN: await tokenOf('ada') };
  const said = await cli.json(['tail', 'live', '--no-follow'], { env });
  assert.equal(
    said.map(({ by, text }) => `${by}: ${text}`).sort(),
    [
      'Matt: bye',
      'Matt|: * Matt| waves',
      'Matt|: hello',
      'ChrischiO`GER: hi\x02 there',
      '[[mandrix]]: who is here?',
    ].sort(),
  );
});

test('replay: the timing of the log, faster by the factor', async () => {
  const began = performance.now();
  await cli.json(['replay', log, '--room', 'timed', '--speed', '60']);
  // From 12:18 to half a minute past 12:20, at 60 times the speed: 2.5 s, as timers count them.
  assert.ok(performance.now() - began > 2490, `took ${performance.now() - began} ms`);
});

test('replay as guests, without the secret; without a hub, in one line', async () => {
  await cli.json(['import', '--format', 'irc', log, '--room', 'guests']);
  const [report] = await cli.json(['replay', log, '--room', 'guests', '--speed', 'max', '--guests']);
  assert.is(report?.acknowledged, 5);
  const env = { COURT_URL: 'http://127.0.0.1:9' };
  failed(await cli.run(['replay', log, '--room', 'x'], { env }), /No hub answers/);
  failed(await cli.run(['replay', log, '--room', 'x', '--speed', 'fast']), /not a factor/);
  failed(
    await cli.run(['replay', log, '--room', 'x'], { env: { JWT_SECRET: SECRET.replace('a', 'b') } }),
    /^court: /,
  );
});

test('migrate: says what it would do, does it, and has nothing more to do', async () => {
  await using empty = await openEmptyDatabase();
  const env = { DATABASE_URL: empty.url };
  const [planned] = await cli.json(['migrate', '--dry-run'], { env });
  assert.is(planned?.dryRun, true);
  assert.match(String(planned?.migrations), /^0001_[a-z]+,0002_/);
  const [done] = await cli.json(['migrate'], { env });
  assert.equal(done, { dryRun: false, migrations: planned?.migrations });
  assert.match((await cli.run(['migrate'], { env })).stdout, /Nothing to do/);
  assert.equal(await cli.json(['migrate', '--dry-run'], { env }), [{ dryRun: true, migrations: [] }]);
});

test('checkconfig: what would run, without secrets; or a line for each mistake', async () => {
  const { code, stdout } = await cli.run(['checkconfig'], {
    env: { DATABASE_URL: 'postgres://u:hunter2@db:5432/x' },
  });
  assert.is(code, 0);
  assert.match(stdout, /^environment +test\n/);
  assert.match(stdout, /\ndatabase +postgres:\/\/u:\*\*\*@db:5432\/x\n/);
  assert.not.match(stdout, 'hunter2');
  assert.not.match(stdout, SECRET);
  const [json] = await cli.json(['checkconfig'], {
    env: { ELASTICSEARCH_URL: 'http://x', HOST: '127.0.0.1', PORT: '4000' },
  });
  assert.is((json?.settings as { listen: string } | undefined)?.listen, 'http://127.0.0.1:4000');
  assert.equal(Object.keys(json ?? {}), ['ok', 'settings', 'warnings']);

  const wrong = { env: { PORT: 'http', LOG_LEVEL: 'loud' } };
  const bad = await cli.run(['checkconfig'], wrong);
  assert.is(bad.code, 1);
  assert.is(bad.stdout, '');
  assert.match(bad.stderr, /^LOG_LEVEL: "loud" .*example: .*\nPORT: "http" .*example: PORT=3000\n$/);
  const inJson = await cli.run(['checkconfig', '--json'], wrong);
  assert.is(inJson.code, 1);
  assert.is(JSON.parse(inJson.stdout).errors.length, 2);
});

test('completion: commands and options, in the words of the shell that asks', async () => {
  const script = async (shell: string) => (await cli.run(['completion', shell])).stdout;
  const bash = await cli.home.write('court.bash', await script('bash'));
  const complete = (line: string) => {
    const words = line.split(' ');
    const set = `COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _court`;
    const { stdout, stderr } = spawnSync('bash', ['-c', `source ${bash}; ${set}; echo "\${COMPREPLY[@]}"`], {
      encoding: 'utf8',
    });
    assert.is(stderr, '');
    return stdout.trim().split(' ');
  };
  assert.equal(complete('court log'), ['login', 'logout']);
  assert.equal(complete('court rooms j'), ['join']);
  assert.ok(complete('court import --').includes('--format'));
  assert.ok(complete('court --json rooms create --t').includes('--title'));
  for (const [shell, first] of [
    ['zsh', '#compdef court'],
    ['fish', '# fish completion for court'],
  ] as const) {
    const text = await script(shell);
    assert.ok(text.startsWith(first));
    for (const word of ['login', 'checkconfig', 'dry-run']) assert.match(text, word);
    const found = spawnSync(shell, ['--version']).status === 0;
    if (found) assert.is(spawnSync(shell, ['-n'], { input: text }).status, 0, `${shell} understands it`);
  }
  failed(await cli.run(['completion', 'tcsh']), /Allowed choices are bash, zsh, fish/);
});

test("the package's `court` runs from wherever it is linked, also under an older Node", async () => {
  const linked = path.join(cli.home.path, 'court');
  await symlink(path.join(import.meta.dirname, 'bin.js'), linked);
  const version = (node: string) => spawnSync(node, [linked, '--version'], { encoding: 'utf8', cwd: '/' });
  const { stdout, stderr } = version(process.execPath);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/, stderr);
  assert.is(spawnSync(linked, ['nonsense'], { encoding: 'utf8' }).status, 1);
  const older = ['/usr/bin/node', '/usr/local/bin/node'].find(
    node =>
      existsSync(node) &&
      Number.parseInt(spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout, 10) < 24,
  );
  if (older) assert.is(version(older).stdout, stdout);
});

test.run();
