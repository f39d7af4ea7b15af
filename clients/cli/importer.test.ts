// Imports into a real database: what is imported twice is there once, what was interrupted goes on, and an export comes back as it was.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPostgres, type PostgresDb } from '../../server/store/postgres.ts';
import { openTestDatabase, type TestDatabase } from '../../server/testing/database.ts';
import type { LogEvent } from '../../shared/protocol/events.ts';
import type { Message } from '../../shared/protocol/models.ts';
import { applyEvent } from '../../shared/room-state.ts';
import type { Entry, Source } from './formats/entry.ts';
import { openFolder } from './formats/fixture.ts';
import { openSource } from './formats/index.ts';
import { EXPORT_FORMAT, jsonlSource } from './formats/jsonl.ts';
import { type ImportOptions, importLog } from './importer.ts';

const test = suite('import');
let database: TestDatabase;
let db: PostgresDb;

test.before(async () => {
  database = await openTestDatabase();
  db = await openPostgres(database.url);
});
test.after(async () => {
  await db[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const quiet = {
  progress: () => ({ set() {}, [Symbol.dispose]() {} }),
  signal: new AbortController().signal,
};
const into = (room: string, source: Source, more: Partial<ImportOptions> = {}) =>
  importLog(db, source, { room, terminal: quiet, ...more });

async function irc(room: string, log: string, name = '2004-11-15.txt') {
  await using folder = await openFolder();
  return await into(room, openSource([await folder.write(name, log)], { format: 'irc', room }));
}

async function log(room: string): Promise<LogEvent[]> {
  const rows = await db.sql<
    { e: LogEvent }[]
  >`select event_json(e) as e from events e where room = ${room} order by seq`;
  return rows.map(({ e }) => e);
}

async function messages(room: string): Promise<Message[]> {
  const rows = await db.sql<
    { m: Message }[]
  >`select message_json(m) as m from messages m where room = ${room} order by seq`;
  return rows.map(({ m }) => m);
}

const short = ({ by, type, data }: LogEvent) => `${by} ${type} ${'text' in data ? data.text : ''}`.trim();

test('whoever speaks without having come in joins first; the times are those of the log', async () => {
  const report = await irc(
    'talk',
    '[12:18] <a> hi\n=== b has joined #x\n[12:19] <b> ho\n=== a has left #x\n[12:20] <a> again\n',
  );
  assert.equal((await log('talk')).map(short), [
    'admin room.created',
    'admin member.joined',
    'a member.joined',
    'a message.created hi',
    'b member.joined',
    'b message.created ho',
    'a member.left',
    'a member.joined',
    'a message.created again',
  ]);
  assert.is((await log('talk'))[3]?.at, '2004-11-15T12:18:00.000Z');
  assert.is(report.created, true);
  assert.is(report.imported, 7);
  assert.is(report.people, 2);
});

test('imported again it adds nothing, whatever the file is called; what is new in it is added', async () => {
  const lines = [
    '[12:18] <a> hi',
    '=== a has joined #x',
    '=== a has left #x',
    '[12:19] <b> ho',
    '[12:19] <b> ho',
  ];
  await irc('twice', lines.join('\n'));
  const before = await log('twice');
  const again = await irc('twice', lines.join('\n'), 'copy-2004-11-15.log');
  assert.is(again.imported, 0);
  assert.is(again.created, false);
  assert.equal(await log('twice'), before);
  const longer = await irc('twice', [...lines, '[12:20] <c> new'].join('\n'));
  assert.equal((await log('twice')).slice(before.length).map(short), [
    'c member.joined',
    'c message.created new',
  ]);
  assert.is(longer.duplicates + longer.unchanged, lines.length);
});

test('an import that was cut off goes on where it stopped', async () => {
  const lines = Array.from(
    { length: 1300 },
    (_, n) => `[12:${10 + Math.floor(n / 50)}] <n${n % 7}> line ${n}`,
  ).join('\n');
  await using folder = await openFolder();
  const source = openSource([await folder.write('2004-11-15.txt', lines)], { format: 'irc', room: 'cut' });
  const stop = new AbortController();
  const progress = () => ({
    set: (done: number) => {
      if (done > 400 && done < 1300) stop.abort(new Error('cut off'));
    },
    [Symbol.dispose]() {},
  });
  try {
    await into('cut', source, { terminal: { progress, signal: stop.signal } });
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'cut off');
  }
  const written = (await messages('cut')).length;
  assert.ok(written > 0 && written < 1300, `${written} were written`);
  const report = await into('cut', source);
  assert.is(report.duplicates, written);
  assert.equal(
    (await messages('cut')).map(({ text }) => text),
    Array.from({ length: 1300 }, (_, n) => `line ${n}`),
  );
});

test('a mistake on the last line leaves nothing behind, not even the room', async () => {
  await using folder = await openFolder();
  const good = JSON.stringify({ at: '2026-01-01T00:00:00Z', by: 'a', text: 'x' });
  const file = await folder.write('x.jsonl', `${good}\n${good.replace('"x"', '""')}\n`);
  try {
    await into('half', jsonlSource([file], { room: 'half' }));
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /x\.jsonl:2 cannot be imported: text: is blank/);
  }
  assert.equal(await log('half'), []);
});

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** A log with everything in it. */
const rich: Entry[] = [
  {
    id: id(2),
    at: at(0),
    by: 'ada',
    type: 'member.joined',
    data: { user: 'ada', name: 'Ada L.', role: 'owner' },
  },
  {
    id: id(3),
    at: at(1),
    by: 'bob',
    type: 'member.joined',
    data: { user: 'bob', name: 'Bob', role: 'member' },
  },
  {
    id: id(4),
    at: at(2),
    by: 'ada',
    type: 'message.created',
    data: { text: 'root @bob', mentions: ['bob'], meta: { n: 1 } },
  },
  {
    id: id(5),
    at: at(3),
    by: 'bob',
    type: 'message.created',
    data: { text: 'reply', replyTo: id(4), root: id(4) },
  },
  { id: id(6), at: at(4), by: 'bob', type: 'reaction.added', data: { target: id(4), emoji: '👍' } },
  { id: id(7), at: at(5), by: 'ada', type: 'reaction.added', data: { target: id(4), emoji: '👍' } },
  { id: id(8), at: at(6), by: 'ada', type: 'reaction.removed', data: { target: id(4), emoji: '👍' } },
  {
    id: id(9),
    at: at(7),
    by: 'bob',
    type: 'message.edited',
    data: { target: id(5), text: 'reply, @ada', mentions: ['ada'] },
  },
  { id: id(10), at: at(8), by: 'bob', type: 'message.created', data: { text: '', redacted: true } },
  { id: id(11), at: at(9), by: 'ada', type: 'message.deleted', data: { target: id(10) } },
  { id: id(12), at: at(10), by: 'ada', type: 'message.pinned', data: { target: id(4), on: true } },
  { id: id(13), at: at(11), by: 'ada', type: 'room.updated', data: { topic: 'Talk' } },
  { id: id(14), at: at(12), by: 'ada', type: 'member.role', data: { user: 'bob', role: 'moderator' } },
  { id: id(15), at: at(13), by: 'ada', type: 'member.muted', data: { user: 'bob', until: at(14) } },
  { id: id(16), at: at(15), by: 'bob', type: 'message.created', data: { text: 'free again' } },
  {
    id: id(17),
    at: at(16),
    by: 'ada',
    type: 'member.removed',
    data: { user: 'bob', ban: { reason: 'enough' } },
  },
  { id: id(18), at: at(17), by: 'ada', type: 'room.updated', data: { archived: true } },
];

test('an export comes back as it was: the same entries at the same places, the same messages, which are the fold of the log (I10)', async () => {
  const header = {
    format: EXPORT_FORMAT,
    version: 1,
    room: { id: 'old', title: 'The old room', kind: 'private', createdBy: 'ada' },
    epoch: 'e',
    head: rich.length + 1,
    exportedAt: at(30),
  };
  const created = {
    seq: 1,
    id: id(1),
    at: at(0),
    by: 'ada',
    type: 'room.created',
    data: { title: 'The old room', kind: 'private' },
  };
  const lines = [header, created, ...rich.map((entry, n) => ({ seq: n + 2, ...entry }))];
  await using folder = await openFolder();
  const text = lines.map(line => JSON.stringify(line)).join('\n');
  const file = await folder.write('old.jsonl', text);
  const report = await into('new', jsonlSource([file], { room: 'new' }));
  assert.equal(report.refused, {});
  assert.is(report.unchanged, 1, 'who makes the room is in it');

  const written = await log('new');
  assert.is(written.length, rich.length + 1);
  assert.equal(
    written.slice(2).map(({ seq: _, ...entry }) => entry),
    rich.slice(1),
  );
  assert.equal(
    written.map(({ seq }) => seq),
    written.map((_, n) => n + 1),
  );

  const fold = new Map<string, Message>();
  for (const [n, entry] of rich.entries()) applyEvent(fold, 'new', { seq: n + 2, ...entry } as LogEvent);
  assert.equal(await messages('new'), [...fold.values()]);
  const [room] = await db.sql`select title, kind, topic, created_by, archived from rooms where id = 'new'`;
  assert.equal(
    { ...room },
    { title: 'The old room', kind: 'private', topic: 'Talk', created_by: 'ada', archived: true },
  );

  const again = await into('new', jsonlSource([file], { room: 'new' }));
  assert.is(again.imported, 0);
  assert.equal(again.refused, {});
  assert.equal(await log('new'), written);
});

test('what the rules forbid is counted with its reason, and the rest goes in', async () => {
  await using folder = await openFolder();
  const say = (more: object) => JSON.stringify({ at: at(1), by: 'a', text: 'x', ...more });
  const file = await folder.write('x.jsonl', [say({ replyTo: id(99) }), say({ text: 'y' })].join('\n'));
  const report = await into('rules', jsonlSource([file], { room: 'rules' }));
  assert.equal(report.refused, { 'The message you answer is not in this room.': 1 });
  assert.equal(
    (await messages('rules')).map(({ text }) => text),
    ['y'],
  );
});

test('a room that is made takes title, kind and owner from the options', async () => {
  await using folder = await openFolder();
  const file = await folder.write('x.jsonl', JSON.stringify({ at: at(1), by: 'a', text: 'x' }));
  await into('mine', jsonlSource([file], { room: 'mine' }), { title: 'Mine', kind: 'private', as: 'zoe' });
  const [room] = await db.sql`select title, kind, created_by from rooms where id = 'mine'`;
  assert.equal({ ...room }, { title: 'Mine', kind: 'private', created_by: 'zoe' });
});

test.run();
