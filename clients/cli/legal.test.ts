// time limit: 300 s
// Records for the law: what is exported is whole and shows every change; taken into another hub and exported again it has the same digests. And the
// commands of moderators and of retention.
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withConnection } from '../../server/store/databases.ts';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { connect, type TestClient } from '../../server/testing/client.ts';
import { openTestDatabase, type TestDatabase } from '../../server/testing/database.ts';
import { createFileDoor } from '../../server/testing/files.ts';
import { talkOfAll } from '../../server/testing/records.ts';
import { type Cli, openCli, type Ran } from './fixture.ts';

const test = suite('court, records');
const names = { ada: 'Ада Лавлейс', björn: 'Björn ✿', さくら: '桜 さくら', noor: 'نور حدّاد', ina: 'Ina' };
let hub: TestHub;
let other: TestDatabase;
let cli: Cli;
let ada: TestClient;
let bjorn: TestClient;
let elsewhere: Record<string, string>;
let file: string;

const uuid = () => crypto.randomUUID();
const folder = (name: string) => path.join(cli.home.path, name);
const manifestOf = async (name: string) =>
  JSON.parse(await readFile(path.join(folder(name), 'manifest.json'), 'utf8'));
const said = ({ code, stderr }: Ran, message: RegExp) => {
  assert.is(code, 1, stderr);
  assert.match(stderr, message);
};
const exported = (name: string, more: string[], env?: Record<string, string>) =>
  cli.json(['export', '--legal', '--by', 'ina', '--out', folder(name), ...more], env && { env });

const roomsOf = (result: Record<string, unknown> | undefined) =>
  (result?.rooms ?? []) as { id: string; entries: number; there?: true }[];

/** All that a database knows of its rooms, but for their epochs. */
const state = (url: string) =>
  withConnection(url, async sql => {
    const rows = await sql.unsafe(`
      select 'message' as what, to_jsonb(message_json(m)) as it from messages m union all
      select 'event', event_json(e) || jsonb_build_object('room', e.room, 'target', e.target) from events e union all
      select 'room', room_json(r) - 'epoch' from rooms r union all
      select 'member', to_jsonb(m) from members m union all select 'ban', to_jsonb(b) from bans b union all
      select 'mention', to_jsonb(m) from mentions m union all select 'reaction', to_jsonb(r) from reactions r union all
      select 'file', file_json(f) || jsonb_build_object('state', state, 'message', message, 'seq', seq, 'place', place, 'inline', inline) from files f`);
    return rows.map(({ what, it }) => `${what} ${JSON.stringify(it)}`).sort();
  });

test.before(async () => {
  hub = await boot();
  other = await openTestDatabase();
  cli = await openCli({
    COURT_URL: hub.url,
    DATABASE_URL: hub.databaseUrl,
    DATA_DIR: hub.dataDir,
    ENVIRONMENT: 'test',
  });
  elsewhere = { DATABASE_URL: other.url, DATA_DIR: folder('elsewhere') };
  const clients = await Promise.all(
    Object.entries(names).map(async ([id, name]) =>
      connect(hub.url, { token: await hub.token(id, { name, role: id === 'ina' ? 'admin' : 'member' }) }),
    ),
  );
  [ada, bjorn] = clients as [TestClient, TestClient];
  for (const client of clients.slice(2)) await client[Symbol.asyncDispose]();
  file = await createFileDoor(hub.url, await hub.token('ada')).upload({
    room: await talkOfAll(hub.db, ada, bjorn),
    name: 'план.txt',
    bytes: Buffer.from('secret plan'),
  });
  await ada.call('message:send', { room: 'secret', id: uuid(), text: 'See this', files: [file] });
});
test.after(async () => {
  for (const client of [ada, bjorn]) await client?.[Symbol.asyncDispose]();
  await cli[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

test('exported, verified, imported into an empty hub and exported again: every digest is the same, and so is every projection (I10)', async () => {
  const [told] = await exported('one', ['--all', '--files']);
  const one = await manifestOf('one');
  assert.equal(told, { folder: folder('one'), ...one });
  const entries = one.rooms.reduce((sum: number, room: { entries: number }) => sum + room.entries, 0);
  assert.ok(entries > 25);
  assert.equal([one.by, one.whole, one.rooms.length, one.audit.intact, one.part], ['ina', true, 3, true, {}]);
  assert.equal(await cli.json(['export', '--verify', folder('one')]), [
    {
      ok: true,
      folder: folder('one'),
      at: one.at,
      by: 'ina',
      hub: one.hub,
      rooms: 3,
      entries,
      files: one.files.length,
      problems: [],
    },
  ]);
  assert.is(String(await readFile(path.join(folder('one'), 'files', file))), 'secret plan');
  const log = String(await readFile(path.join(folder('one'), 'rooms/secret/log.jsonl')));
  assert.not.match(log, 'To be deleted');
  assert.match(log, '"text":"Привет @björn and @さくら"');
  const audit = String(await readFile(path.join(folder('one'), 'audit.jsonl')));
  assert.match(audit, /"action":"legal.exported".*"by":"ina"/);
  assert.match(audit, /"private":\["direct-[0-9a-f]{32}","secret"\]/);

  assert.equal(
    (await cli.json(['import', '--legal', folder('one'), '--dry-run'], { env: elsewhere }))[0]?.entries,
    entries,
  );
  const [done] = await cli.json(['import', '--legal', folder('one'), '--admins'], { env: elsewhere });
  assert.equal([done?.entries, done?.people, done?.files], [entries, 5, 1]);
  assert.equal(await state(other.url), await state(hub.databaseUrl));

  await exported('two', ['--all', '--files'], elsewhere);
  const two = await manifestOf('two');
  const digests = ({ files }: { files: { path: string; sha256: string }[] }) =>
    files
      .filter(({ path: name }) => name !== 'audit.jsonl')
      .map(({ path: name, sha256 }) => `${name} ${sha256}`);
  assert.equal(digests(two), digests(one));
  assert.equal(
    two.rooms.map(({ epoch: _, ...room }: { epoch: string }) => room),
    one.rooms.map(({ epoch: _, ...room }: { epoch: string }) => room),
  );
  assert.is(
    two.rooms.some(({ epoch }: { epoch: string }, i: number) => epoch === one.rooms[i].epoch),
    false,
    'other logs (I15)',
  );
  // Again is nothing; a log that is another one is refused before anything is written; under another name it is a new room.
  const [again] = await cli.json(['import', '--legal', folder('one')], { env: elsewhere });
  assert.equal([again?.entries, roomsOf(again).every(({ there }) => there)], [0, true]);
  said(
    await cli.run(['import', '--legal', folder('one')]),
    /Already there: direct-\w+, open, secret\. .*--rename/,
  );
  await exported('three', ['--room', 'open']);
  await cli.json(['import', '--legal', folder('three'), '--rename', 'open=copy']);
  await using bot = await connect(hub.url, { token: await hub.token('björn') });
  await bot.call('room:join', { room: 'copy' });
  const { messages } = await bot.call('messages:read', { room: 'copy' });
  assert.equal(
    messages.map(({ text }) => text),
    ['Hello, world'],
  );
});

test('an import that was cut off goes on where it stopped, and shows nothing before', async () => {
  await exported('cut', ['--room', 'secret']);
  await using fresh = await openTestDatabase();
  const env = { DATABASE_URL: fresh.url, DATA_DIR: folder('cut-data') };
  const [room] = (await manifestOf('cut')).rooms;
  const lines = String(await readFile(path.join(folder('cut'), 'rooms/secret/log.jsonl')))
    .trimEnd()
    .split('\n');
  await withConnection(fresh.url, async sql => {
    for (const line of String(await readFile(path.join(folder('cut'), 'people.jsonl')))
      .trimEnd()
      .split('\n'))
      await sql`select known_person(${line}::text::jsonb)`;
    const about = JSON.stringify({ room, sha256: room.sha256 });
    await sql`select legal_room(${about}::text::jsonb)`;
    const page = JSON.stringify({ room: 'secret', events: lines.slice(0, 9).map(line => JSON.parse(line)) });
    await sql`select legal_entries(${page}::text::jsonb)`;
    const [there] = await sql`select kind, (select count(*) from members) as members from rooms`;
    assert.equal({ ...there }, { kind: 'private', members: '0' });
  });
  const [done] = await cli.json(['import', '--legal', folder('cut'), '--admins'], { env });
  assert.is(done?.entries, lines.length - 9);
  await exported('cut-again', ['--room', 'secret'], env);
  assert.is((await manifestOf('cut-again')).rooms[0].sha256, room.sha256);
});

test('one byte, one line, one file more or less is found; nothing of it is imported', async () => {
  const broken = async (change: (at: string) => Promise<unknown>, message: RegExp) => {
    await rm(folder('broken'), { recursive: true, force: true });
    await cp(folder('one'), folder('broken'), { recursive: true });
    await change(folder('broken'));
    const ran = await cli.run(['export', '--verify', folder('broken')]);
    said(ran, /is not what was exported at|is not the manifest/);
    assert.match(ran.stderr, message);
  };
  const edit = (name: string, from: string | RegExp, to: string) => async (at: string) =>
    writeFile(path.join(at, name), String(await readFile(path.join(at, name))).replace(from, to));
  const log = 'rooms/secret/log.jsonl';
  await broken(edit(log, 'Привет', 'Прiвет'), /log\.jsonl is not what was written/);
  await broken(edit(log, /^.*\n/, ''), /entry 2 does not follow entry 0/);
  await broken(edit('people.jsonl', /^.*\n/, ''), /who is not in people\.jsonl/);
  said(await cli.run(['import', '--legal', folder('broken')], { env: elsewhere }), /nothing was imported/);
  await broken(at => rm(path.join(at, 'files', file)), /Cannot read .*it does not exist/);
  await broken(at => writeFile(path.join(at, 'more.txt'), ''), /more\.txt is not in the manifest/);
  await broken(edit('manifest.json', 'people.jsonl', '../../people.jsonl'), /is no file of a legal export/);
});

test('parts: of a person, of a time; they cannot be imported. Only an admin asks, and everything is said', async () => {
  const [mine] = await exported('mine', ['--user', 'björn', '--until', '2100-01-01']);
  assert.equal([mine?.whole, roomsOf(mine).map(({ id }) => id)], [false, ['copy', 'secret']]);
  const log = String(await readFile(path.join(folder('mine'), 'rooms/secret/log.jsonl')));
  assert.ok(
    log
      .trimEnd()
      .split('\n')
      .every(line => /"by":"björn"|"user":"björn"/.test(line)),
  );
  said(
    await cli.run(['import', '--legal', folder('mine')], { env: elsewhere }),
    /only whole rooms can be imported/,
  );
  await cli.json(['export', '--verify', folder('mine')]);
  const [old] = await exported('old', ['--room', 'open', '--until', '2000-01-01']);
  assert.is(roomsOf(old)[0]?.entries, 0);

  const wish = (...more: string[]) => cli.run(['export', '--legal', '--out', folder('x'), ...more]);
  said(await wish('--all'), /required option '--by <user>'/);
  said(await wish('--by', 'ada', '--all'), /"ada" is no administrator/);
  said(await wish('--by', 'ina'), /either --all, or --room and --user/);
  said(await wish('--by', 'ina', '--room', 'nowhere'), /There is no room "nowhere"/);
  said(
    await cli.run(['export', '--legal', '--by', 'ina', '--all', '--out', folder('one')]),
    /There is something in/,
  );
  said(
    await cli.run(['export', '--verify', cli.home.path]),
    /Cannot read .*manifest\.json: it does not exist/,
  );
  said(await cli.run(['export']), /required option '--room <room>' not specified/);
});

test('report and retention: what moderators and admins see and do on the command line', async () => {
  const id = uuid();
  await bjorn.call('message:send', { room: 'secret', id, text: 'Buy \u001b[31mnow' });
  await ada.call('report:send', { room: 'secret', target: id, id: uuid(), reason: 'spam', note: 'again' });
  const as = async (user: string, role: 'member' | 'admin') => ({
    env: { COURT_TOKEN: await hub.token(user, { role }) },
  });
  const mod = await as('ada', 'member');
  const [one] = await cli.json(['report', 'list'], mod);
  assert.equal([one?.room, one?.author, one?.text], ['secret', 'björn', 'Buy \u001b[31mnow']);
  const reportId = one?.id as string;
  assert.match(
    (await cli.run(['report', 'list'], mod)).stdout,
    /secret#\d+ +Björn ✿ +1 spam +open +[\w-]+ +Buy \ufffd\[31mnow/,
  );
  assert.match(
    (await cli.run(['report', 'show', reportId], mod)).stdout,
    /- Ада Лавлейс \(ada\): spam, again/,
  );
  assert.match(
    (await cli.run(['report', 'settle', reportId, '--action', 'mute', '--for', '1h', '--delete'], mod))
      .stdout,
    /muted/,
  );
  assert.match((await cli.run(['report', 'list'], mod)).stdout, /Nothing is reported/);
  const [settled] = await cli.json(['report', 'list', '--state', 'all'], mod);
  assert.equal([settled?.state, settled?.deleted], ['muted', true]);

  const boss = await as('ina', 'admin');
  const run = async (...args: string[]) => (await cli.run(['retention', ...args], boss)).stdout;
  assert.match(await run('show'), /secret +private +900 days +0 +0\n.*Other rooms keep messages for ever/s);
  await withConnection(
    hub.databaseUrl,
    sql => sql`update messages set at = at - interval '8 days' where room = 'open'`,
  );
  assert.match(
    await run('set', 'open', '7'),
    /open keeps messages for 7 days\. Due to go: 1 messages, 0 files/,
  );
  assert.match(
    await run('run', '--dry-run'),
    /Would take 1 messages and 0 files of 1 rooms\.\nopen: 1 messages/,
  );
  assert.match(await run('hold', 'open', '--reason', 'Case'), /Nothing of open goes/);
  assert.match(await run('show', 'open'), /open +public +held +0 +0 +ina, \d{4}-\d\d-\d\d Case/);
  assert.match(await run('run'), /Took 0 messages/);
  await run('hold', 'open', '--lift');
  assert.equal(await cli.json(['retention', 'run', '--room', 'open'], boss), [{ messages: 1, rooms: 1 }]);
  assert.match(await run('set', 'open', 'default'), /keeps what the settings say/);
  said(await cli.run(['retention', 'set', 'open', '0'], boss), /neither a number of days/);
  said(await cli.run(['retention', 'show'], mod), /may not see what rooms keep/);
});

test.run();
