// time limit: 300 s
// Commands of people: signing in, rooms, sending, following, exporting, each as a process against a real hub.
// takes: 16 s
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { until } from '../../server/testing/until.ts';
import { type Cli, openCli, type Ran } from './fixture.ts';

const test = suite('court, for people');
let hub: TestHub;
let ada: Cli;
let room = 0;

test.before(async () => {
  hub = await boot();
  ada = await openCli({ COURT_URL: hub.url, COURT_TOKEN: await hub.token('ada', { name: 'Ada' }) });
});
test.after(async () => {
  await ada[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

async function newRoom(): Promise<string> {
  const id = `room-${++room}`;
  await ada.json(['rooms', 'create', id, '--title', `Room ${room}`]);
  return id;
}

/** It ended with 1 and one line that says this. */
function failed({ code, stdout, stderr }: Ran, message: RegExp): void {
  assert.is(code, 1, stderr);
  assert.is(stdout, '');
  assert.is(stderr.split('\n').length, 2, `one line: ${stderr}`);
  assert.match(stderr, /^court: /);
  assert.match(stderr, message);
}

test('login as a guest keeps the sign-in in a file of its owner alone; logout forgets it', async () => {
  await using cli = await openCli({});
  failed(await cli.run(['rooms', '--url', hub.url]), /not signed in at .*court login/);
  const [signedIn] = await cli.json(['login', '--guest', 'Gast', '--url', hub.url]);
  assert.is((signedIn?.user as { name: string } | undefined)?.name, 'Gast');
  const file = path.join(cli.home.path, 'first-court/credentials.json');
  assert.is(signedIn?.file, file);
  assert.is((await stat(file)).mode & 0o777, 0o600);
  assert.is((await stat(path.dirname(file))).mode & 0o777, 0o700);

  assert.equal(await cli.json(['rooms']), [], 'the hub one signed in at is the one that is asked');
  assert.match((await cli.run(['rooms'])).stdout, /You are in no room/);

  assert.equal(await cli.json(['logout']), [{ url: hub.url, ended: true }]);
  failed(await cli.run(['logout', '--url', hub.url]), /not signed in/);
});

test('login with e-mail and password from stdin; a wrong password is told and keeps nothing', async () => {
  await using cli = await openCli({ COURT_URL: hub.url });
  const account = { email: 'eve@example.com', password: 'correct horse', name: 'Eve' };
  await fetch(`${hub.url}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  failed(await cli.run(['login'], { stdin: 'eve@example.com\nwrong horse\n' }), /password is wrong/);
  failed(await cli.run(['login'], { stdin: 'eve@example.com\n' }), /no answer to "Password"/);
  failed(await cli.run(['rooms']), /not signed in/);
  const { code, stdout } = await cli.run(['login'], { stdin: 'eve@example.com\ncorrect horse\n' });
  assert.is(code, 0);
  assert.match(stdout, /^Signed in at .* as Eve \(member\)\.\n$/);
  await cli.json(['login', '--email', 'eve@example.com'], { stdin: 'correct horse\n' });
});

test('login by the one-time link that npm start prints works once; by a token, which is checked', async () => {
  await using cli = await openCli({});
  const secret = await hub.people.makeLink({ id: 'admin', name: 'Admin', role: 'admin' });
  const link = `${hub.url}/#signin=${secret}`;
  const [signedIn] = await cli.json(['login', '--link', link]);
  assert.equal(signedIn?.user, { id: 'admin', name: 'Admin', role: 'admin' });
  failed(await cli.run(['login', '--link', link]), /used up/);
  failed(await cli.run(['login', '--link', hub.url]), /no sign-in link/);

  const token = await hub.token('robo', { role: 'bot' });
  const [asBot] = await cli.json(['login', '--token', '-', '--url', hub.url], { stdin: `${token}\n` });
  assert.is((asBot?.user as { id: string } | undefined)?.id, 'robo');
  failed(await cli.run(['login', '--token', 'x.y.z', '--url', hub.url]), /not valid/);
  failed(await cli.run(['login', '--token', 'x', '--guest', 'y']), /Choose one of/);
});

test('an access token that ran out is refreshed without a word; without a way to, one line says what to do', async () => {
  await using cli = await openCli({ COURT_URL: hub.url });
  await cli.json(['login', '--guest', 'Late']);
  const file = path.join(cli.home.path, 'first-court/credentials.json');
  const kept = JSON.parse(await readFile(file, 'utf8'));
  const mine = kept.hubs[hub.url];
  const before = mine.refreshToken;
  mine.expiresAt = 0;
  await writeFile(file, JSON.stringify(kept));
  await cli.json(['rooms']);
  assert.is.not(JSON.parse(await readFile(file, 'utf8')).hubs[hub.url].refreshToken, before);
  assert.is((await stat(file)).mode & 0o777, 0o600);

  mine.refreshToken = 'stolen';
  await writeFile(file, JSON.stringify(kept));
  failed(await cli.run(['rooms']), /has ended\. Run "court login"/);
  await writeFile(file, '{"hubs":');
  failed(await cli.run(['rooms']), /credentials\.json is damaged/);
});

test('no hub, no First Court, a bad URL, a bad token: one line and exit code 1', async () => {
  const nowhere = { env: { COURT_URL: 'http://127.0.0.1:9' } };
  failed(await ada.run(['rooms'], nowhere), /No hub answers at http:\/\/127\.0\.0\.1:9.*npm start/);
  failed(await ada.run(['login', '--guest', 'x'], nowhere), /No hub answers/);
  failed(await ada.run(['rooms', '--url', 'ftp://x']), /"ftp:\/\/x" is not the URL of a hub/);
  failed(await ada.run(['rooms'], { env: { COURT_TOKEN: 'nonsense' } }), /COURT_TOKEN/);
  const expired = await hub.token('ada', { seconds: -60 });
  failed(await ada.run(['rooms'], { env: { COURT_TOKEN: expired } }), /COURT_TOKEN has expired/);
});

test('mistakes on the command line are told in one line', async () => {
  failed(await ada.run(['nonsense']), /unknown command 'nonsense'/);
  failed(await ada.run(['send', 'lobby']), /missing required argument 'text'/);
  failed(await ada.run(['send', 'No Slug!', 'x']), /is not a slug/);
  failed(await ada.run(['tail', 'lobby', '-n', 'many']), /not a whole number/);
  failed(await ada.run(['export']), /required option '--room <room>'/);
});

test('--version, and help with examples for every command', async () => {
  const version = JSON.parse(
    await readFile(path.join(import.meta.dirname, '../../package.json'), 'utf8'),
  ).version;
  assert.equal(await ada.run(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  const { stdout } = await ada.run(['--help']);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+)(?:\|[a-z]+)? .*\S$/gm)]
    .map(([, name]) => name!)
    .filter(name => name !== 'court' && name !== 'help');
  assert.ok(commands.length >= 12, commands.join());
  const helps = await Promise.all(commands.map(name => ada.run([name, '--help'])));
  for (const [n, help] of helps.entries()) {
    assert.is(help.code, 0);
    assert.match(help.stdout, `Usage: court ${commands[n]}`);
    if (commands[n] !== 'logout') assert.match(help.stdout, /\nExamples:\n {2}\S/, commands[n]);
  }
});

test('rooms: create, list with unread, list the public ones, join, leave', async () => {
  const id = await newRoom();
  const bob = { env: { COURT_TOKEN: await hub.token('bob') } };
  assert.is((await ada.json(['rooms', '--public'], bob)).filter(({ id: other }) => other === id).length, 1);
  await ada.json(['rooms', 'join', id], bob);
  await ada.json(['send', id, 'one']);
  await ada.json(['send', id, 'two']);
  const mine = (await ada.json(['rooms'], bob)).find(({ id: other }) => other === id);
  assert.is(mine?.unread, 2);
  assert.match(
    (await ada.run(['rooms'], bob)).stdout,
    new RegExp(`^ROOM +TITLE +KIND +UNREAD.*\n(.*\n)*${id} +Room \\d+ +public +2 `),
  );
  await ada.json(['rooms', 'leave', id], bob);
  assert.is(
    (await ada.json(['rooms'], bob)).some(({ id: other }) => other === id),
    false,
  );
  failed(await ada.run(['rooms', 'create', id]), /There is a room with this id already/);
  failed(await ada.run(['rooms', 'join', 'nowhere']), /There is no such room/);
  failed(await ada.run(['rooms', 'create', 'Bad Id']), /slug/);
});

test('send: one text, or every line of stdin in order, or stdin as a whole', async () => {
  const id = await newRoom();
  const [sent] = await ada.json(['send', id, 'Hello']);
  assert.equal(Object.keys(sent ?? {}), ['id', 'seq', 'at']);
  const lines = Array.from({ length: 200 }, (_, n) => `line ${n}`);
  const many = await ada.json(['send', id, '-'], { stdin: `${lines.join('\n')}\n\n   \n` });
  assert.equal(
    many.map(({ seq }) => seq),
    lines.map((_, n) => (sent?.seq as number) + 1 + n),
  );
  await ada.json(['send', id, '-', '--whole'], { stdin: 'first\n\nsecond\n' });
  const newest = await ada.json(['tail', id, '--no-follow', '-n', '300']);
  assert.equal(
    newest.map(({ text }) => text),
    ['Hello', ...lines, 'first\n\nsecond'],
  );
  assert.equal(await ada.run(['send', id, 'quiet']), { code: 0, stdout: '', stderr: '' });
  failed(await ada.run(['send', id, '-'], { stdin: '\n' }), /nothing to send/);
  failed(await ada.run(['send', id, ' ']), /blank/);
  failed(await ada.run(['send', id, 'x'.repeat(20_000)]), /16384 bytes/);
  failed(await ada.run(['send', 'nowhere', 'x']), /no such room/);
});

test('tail shows the newest, then all that comes, once, and ends with 130 at Ctrl-C', async () => {
  const id = await newRoom();
  await ada.json(['send', id, '-'], { stdin: 'a\nb\nc\n' });
  const child = ada.start(['tail', id, '-n', '2', '--json']);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value as string).text;
  assert.equal([await next(), await next()], ['b', 'c']);
  await ada.json(['send', id, 'd']);
  assert.is(await next(), 'd');
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  assert.is(code, 130);
});

test('what others write cannot steer the terminal', async () => {
  const id = await newRoom();
  await ada.json(['send', id, '\x1b[2J\x07 evil \u202e\nsecond line']);
  const { stdout } = await ada.run(['tail', id, '--no-follow']);
  assert.match(
    stdout,
    /^--- \d{4}-\d\d-\d\d ---\n\d\d:\d\d <Ada> \ufffd\[2J\ufffd evil \ufffd\n {6}second line\n$/,
  );
});

test('search shows where, by whom and what, once the index has it; --json gives whole hits; what is mistyped is told', async () => {
  const id = await newRoom();
  await ada.json(['send', id, '-'], { stdin: 'the \x1b[2J lantern fell\nnothing else\n' });
  await until(async () => (await ada.json(['search', 'lantern', '--room', id])).length === 1);
  const { stdout, stderr } = await ada.run(['search', 'lanterns', 'from:me', '--room', id]);
  assert.match(
    stdout,
    /^\d{4}-\d\d-\d\d \d\d:\d\d {2}[a-z0-9.-]+#\d+ {2}<Ada>\n {2}the \ufffd\[2J lantern fell\n$/,
  );
  assert.match(stderr, /1 of 1 message/);
  const [hit] = await ada.json(['search', 'lantern', '--room', id]);
  assert.equal(Object.keys(hit ?? {}), ['message', 'score', 'highlights']);
  failed(await ada.run(['search', 'lantern', 'on:someday']), /on: takes a day such as on:2024-05-01/);
});

test('export: a header, then the log; into a file that is whole or not there; `| head` ends quietly', async () => {
  const id = await newRoom();
  const lines = Array.from({ length: 1200 }, (_, n) => `line ${n} ${'x'.repeat(200)}`);
  await ada.json(['send', id, '-'], { stdin: lines.join('\n') });
  const { stdout } = await ada.run(['export', '--room', id]);
  const [header, ...events] = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.is(header.format, 'first-court-room');
  assert.is(header.head, events.length);
  assert.equal(
    events.map(({ seq }) => seq),
    events.map((_, n) => n + 1),
  );

  const file = path.join(ada.home.path, 'out.jsonl');
  assert.equal(await ada.json(['export', '--room', id, '--out', file]), [
    { room: id, entries: events.length, file },
  ]);
  const [, ...written] = (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.equal(written, events);
  failed(
    await ada.run(['export', '--room', id, '--out', '/nowhere/x.jsonl']),
    /Cannot write \/nowhere\/x\.jsonl/,
  );
  failed(
    await ada.run(['export', '--room', id], { env: { COURT_TOKEN: await hub.token('carl') } }),
    /Join the room first.*court room join/,
  );

  const child = ada.start(['export', '--room', id]);
  const errors: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  await once(child.stdout, 'readable');
  child.stdout.destroy();
  const [code] = await once(child, 'exit');
  assert.is(code, 0);
  assert.equal(errors, []);
});

test('as a process it ends by itself, whatever it held open: an answer, a socket, a database', async () => {
  for (const args of [['login', '--guest', 'Gast'], ['rooms'], ['migrate']]) {
    const child = ada.start(args, { DATABASE_URL: hub.databaseUrl, ENVIRONMENT: 'test' });
    child.stdin?.end();
    child.stdout.resume();
    child.stderr?.resume();
    assert.is((await once(child, 'exit'))[0], 0, args[0]);
  }
});

test.run();
