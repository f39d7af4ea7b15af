// A backup holds every byte and comes back as it was, under new epochs (I15); what is not a whole backup is refused, and so is a
// database with something in it. Sign-ins that were ended do not come back to life (attack 29).
// takes: 29 s
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openEmptyDatabase, openTestDatabase, type TestDatabase } from '../testing/database.ts';
import type { Manifest } from './archive.ts';
import { backup } from './backup.ts';
import { BackupError } from './backup-error.ts';
import { withConnection } from './databases.ts';
import { migrate, readMigrations } from './migrate.ts';
import { openPostgres, type PostgresDb } from './postgres.ts';
import { createPeopleStore } from './queries/people.ts';
import { createRoomStore } from './queries/rooms.ts';
import { restore } from './restore.ts';

const test = suite<{ dir: string; file: string; database: TestDatabase; db: PostgresDb }>('store/backup');

/** All that COPY must escape, and what a line of the archive's own looks like. */
const TEXTS = [
  'plain',
  'tab\tand\nlines\r\n',
  '\\.',
  '\n\\.\n',
  '\\N',
  'back\\slash',
  '👩‍🚀 ünï',
  '{"at": 1}',
  ' ',
];

test.before(async context => {
  context.dir = await mkdtemp(path.join(os.tmpdir(), 'first-court-backup-'));
  context.file = path.join(context.dir, 'hub.gz');
  context.database = await openTestDatabase();
  context.db = await openPostgres(context.database.url);
  await live(context.db);
  await backup(context.database.url, context.file);
});
test.after(async ({ dir, database, db }) => {
  await db[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

/** People with sign-ins, and two rooms in which everything happens that a log can hold. */
async function live(db: PostgresDb): Promise<void> {
  const people = createPeopleStore(db);
  for (const id of ['ada', 'bob']) {
    await people.ensureUser({ id, name: `${id} \\ "x"\n`, role: 'member' });
    await db.call('open_session', { user: id, seconds: 3600, refreshHash: randomBytes(32).toString('hex') });
  }
  await db.call('make_link', { user: 'ada', hash: randomBytes(32).toString('hex'), seconds: 3600 });
  await db.call('probe', { node: 'one' });
  await db.call('take_lease', { name: 'sweep', node: 'one', seconds: 30 });
  const rooms = createRoomStore(db);
  for (const id of ['lobby', 'den']) {
    await rooms.createRoom({
      room: { id, title: id, kind: 'public' },
      by: 'ada',
      members: ['bob'],
      reuse: false,
    });
    await say(db, id, TEXTS);
  }
  await db.sql`update rooms set topic = ${TEXTS.join()} where id = 'den'`;
}

async function say(db: PostgresDb, room: string, texts: readonly string[]): Promise<void> {
  const rooms = createRoomStore(db);
  const common = { room, admin: false, digest: 'digest' };
  const ids = texts.map(() => crypto.randomUUID());
  const outcomes = await rooms.append([
    ...texts.map((text, i) => ({
      ...common,
      by: 'ada',
      id: ids[i] as string,
      type: 'message.created' as const,
      data: { text, names: ['bob'], ...(i > 0 && { replyTo: ids[0] }) },
    })),
    ...ids.map(target => ({
      ...common,
      by: 'bob',
      id: crypto.randomUUID(),
      type: 'reaction.added' as const,
      target,
      data: { emoji: '👍' },
    })),
  ]);
  for (const outcome of outcomes) assert.ok('event' in outcome, JSON.stringify(outcome));
}

/** What clients can see of it: the logs, and the projections of them (I10). */
async function view(sql: PostgresDb['sql']) {
  const logs = await sql`select event_json(e) as e from events e order by room, seq`;
  const messages = await sql`select message_json(m) as m from messages m order by room, seq`;
  const members = await sql`select room, user_id, role, since_seq, read_seq from members order by 1, 2`;
  return JSON.stringify([logs, messages, members]);
}

const epochs = async (sql: PostgresDb['sql']) =>
  (await sql<{ epoch: string }[]>`select epoch from rooms order by id`).map(row => row.epoch);
const hashes = ({ tables }: Manifest, without: string[] = []) =>
  tables
    .filter(({ name }) => !without.includes(name))
    .map(({ name, rows, sha256 }) => ({ name, rows, sha256 }));

async function refusal(work: Promise<unknown>, message: RegExp): Promise<void> {
  try {
    await work;
  } catch (error) {
    assert.instance(error, BackupError);
    assert.match((error as Error).message, message);
    return;
  }
  assert.unreachable('it was not refused');
}

test('a backup of the same state is the same, is for its owner alone, and leaves nothing beside it', async ({
  dir,
  file,
  database,
}) => {
  const second = path.join(dir, 'second.gz');
  const told: number[] = [];
  const manifest = await backup(database.url, second, (done, total) => void told.push(done, total));
  assert.equal(
    gunzipSync(await readFile(second))
      .toString()
      .split('\n')
      .slice(0, -2),
    gunzipSync(await readFile(file))
      .toString()
      .split('\n')
      .slice(0, -2),
  );
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  assert.equal(told.slice(-2), [rows, rows]);
  assert.is((await stat(second)).mode & 0o777, 0o600);
  assert.equal((await readdir(dir)).sort(), ['hub.gz', 'second.gz']);
});

test('a new database holds every byte of it, and every room has a new epoch (I10, I15)', async ({
  dir,
  file,
  database,
  db,
}) => {
  await using target = await openEmptyDatabase();
  const restored = await restore(target.url, file);
  assert.is(restored.rooms, 2);
  assert.is(restored.ended, 2);
  await using copy = await openPostgres(target.url);
  assert.is(await view(copy.sql), await view(db.sql));
  const [before, after] = [await epochs(db.sql), await epochs(copy.sql)];
  assert.is(new Set([...before, ...after]).size, 4);
  const again = await backup(target.url, path.join(dir, 'again.gz'));
  const original = await backup(database.url, path.join(dir, 'original.gz'));
  assert.equal(hashes(again, ['rooms', 'sessions']), hashes(original, ['rooms', 'sessions']));
  // It is a hub's database in every other way, too: links between tables are kept, and the log goes on.
  await say(copy, 'lobby', ['on']);
  const links = (sql: PostgresDb['sql']) =>
    sql`select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint where contype = 'f' order by 1, 2`;
  assert.equal(JSON.stringify(await links(copy.sql)), JSON.stringify(await links(db.sql)));
});

test('nobody is signed in afterwards, and nothing that opens a sign-in is left (attack 29)', async ({
  dir,
}) => {
  await using target = await openTestDatabase();
  await using db = await openPostgres(target.url);
  await live(db);
  const old = path.join(dir, 'old.gz');
  await backup(target.url, old);
  assert.not.match(
    gunzipSync(await readFile(old)).toString(),
    /copy (refresh_tokens|sign_in_links|leases|probes)/,
  );
  const [{ session: later }] = [
    (await db.call('open_session', { user: 'ada', seconds: 3600 })) as { session: string },
  ];
  await db.call('revoke_session', { session: later, reason: 'stolen' });
  const sessions = (await db.sql<{ id: string }[]>`select id from sessions`).map(({ id }) => id);
  await refusal(restore(target.url, old), /--replace/);
  await restore(target.url, old, { replace: true });
  const { ended } = (await db.call('ended_sessions', { sessions })) as { ended: string[] };
  assert.equal(ended.sort(), sessions.sort());
  assert.ok(ended.includes(later), 'one that the backup does not know is still known to be over');
  for (const table of ['refresh_tokens', 'sign_in_links', 'leases', 'probes'])
    assert.is((await db.sql.unsafe(`select from ${table}`)).count, 0, table);
});

test('a file that is cut off, changed or something else is refused, and nothing is touched', async ({
  dir,
  file,
}) => {
  await using target = await openTestDatabase();
  const whole = await readFile(file);
  const text = gunzipSync(whole).toString();
  const broken: [string, Buffer | string, RegExp][] = [
    ['cut', whole.subarray(0, whole.length - 40), /not whole/],
    ['cut between lines', gzipSync(text.slice(0, text.indexOf('copy events'))), /ends before its manifest/],
    ['one letter', gzipSync(text.replace('plain', 'plaim')), /the rows of rooms/],
    ['a row less', gzipSync(text.replace(/^.*plain.*\n/m, '')), /the rows of rooms/],
    ['a table less', gzipSync(text.replace(/^copy bans[\s\S]*?^\\\.\n/m, '')), /broken/],
    ['a bit', Buffer.from(whole.map((byte, i) => (i === whole.length >> 1 ? byte ^ 4 : byte))), /broken/],
    ['manifest', gzipSync(text.replace(/^{"at":/m, '{"at":x')), /manifest cannot be read/],
    ['another gzip', gzipSync('hello\n'), /not a backup/],
    ['no gzip', 'hello\n', /not a backup/],
    ['nothing', '', /broken|not a backup/],
  ];
  for (const [name, bytes, message] of broken) {
    const bad = path.join(dir, 'bad.gz');
    await writeFile(bad, bytes);
    await refusal(restore(target.url, bad), message).catch(error => {
      throw new Error(`${name}: ${error.message}`);
    });
  }
  await withConnection(target.url, async sql => assert.is((await sql`select from users`).count, 0));
});

test('a dry run says what would be, and changes nothing', async ({ file }) => {
  await using target = await openEmptyDatabase();
  const { rows, rooms, replaced } = await restore(target.url, file, { dryRun: true });
  assert.ok(rows > 40);
  assert.equal({ rooms, replaced }, { rooms: 2, replaced: false });
  await withConnection(target.url, async sql =>
    assert.is((await sql`select from pg_tables where schemaname = 'public'`).count, 0),
  );
});

test('a restore that fails half way leaves what was there', async ({ dir, file }) => {
  await using target = await openTestDatabase();
  await using db = await openPostgres(target.url);
  await live(db);
  const before = [await view(db.sql), await epochs(db.sql)];
  // Refused by the database alone: the file is whole, and no row of it is against the rules but the last one of all.
  await db.sql`alter table rooms add constraint no_den check (id <> 'den') not valid`;
  let failure: unknown;
  await restore(target.url, file, { replace: true }).catch(error => (failure = error));
  assert.match(String(failure), /no_den/);
  assert.equal([await view(db.sql), await epochs(db.sql)], before);
  assert.ok((await readdir(dir)).includes('hub.gz'));
});

test('what another version wrote: newer is refused, older goes into an empty database, which is then brought up to date', async ({
  dir,
  file,
}) => {
  const text = gunzipSync(await readFile(file)).toString();
  const migrations = await readMigrations();
  const newer = path.join(dir, 'newer.gz');
  await writeFile(newer, gzipSync(text.replace(/"version":\d+/, `"version":${migrations.length + 1}`)));
  await using full = await openTestDatabase();
  await refusal(restore(full.url, newer), /newer than this program/);
  const foreign = path.join(dir, 'foreign.gz');
  await writeFile(
    foreign,
    gzipSync(text.replace(/"checksum":"[0-9a-f]{64}/, `"checksum":"${'0'.repeat(64)}`)),
  );
  await refusal(restore(full.url, foreign), /not the one that this program knows/);

  await using past = await openEmptyDatabase();
  await withConnection(past.url, async sql => {
    await migrate(sql, undefined, migrations.length - 1);
    await sql`insert into users (id, name, role) values ('old', 'Old', 'member')`;
  });
  const older = path.join(dir, 'older.gz');
  await backup(past.url, older);
  await refusal(restore(full.url, older, { replace: true }), /new, empty database/);
  await using empty = await openEmptyDatabase();
  await restore(empty.url, older);
  await withConnection(empty.url, async sql => {
    assert.equal(await migrate(sql), []);
    assert.is((await sql`select from users where id = 'old'`).count, 1);
  });
});

test('a database that no hub has used has nothing to back up', async ({ dir }) => {
  await using target = await openEmptyDatabase();
  await refusal(backup(target.url, path.join(dir, 'none.gz')), /nothing to back up/);
  assert.not.ok((await readdir(dir)).some(name => name.startsWith('none')));
});

test.run();
