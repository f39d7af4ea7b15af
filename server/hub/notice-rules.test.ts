// The decision table of notifications: each line, the order of the lines, and that docs/notifications.md shows just this.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NoticeLevel, NoticeReason } from '#shared/protocol/notices.ts';
import { hasKeyword } from './keywords.ts';
import { decide, factsOf, type NoticeFacts, reasonOf } from './notice-rules.ts';
import type { WaitingNotice } from './ports-notices.ts';
import { isQuiet } from './quiet-hours.ts';

const test = suite('who is told');

/** Somebody who is named while they are away. */
const away: NoticeFacts = {
  reason: 'mention',
  bot: false,
  mayRead: true,
  deleted: false,
  stands: true,
  read: false,
  old: false,
  reachable: true,
  wanted: true,
  level: 'mentions',
  dnd: false,
  quiet: false,
  here: false,
};
const table: [when: string, facts: Partial<NoticeFacts>, verdict: string, rule: string][] = [
  ['It is a bot, which reads by itself', { bot: true }, 'suppressed', 'bot'],
  ['They left the room, or were taken out of it', { mayRead: false }, 'cancelled', 'left'],
  ['The message was deleted', { deleted: true }, 'cancelled', 'deleted'],
  [
    'It was changed and names them no more, or they follow its thread no more',
    { stands: false },
    'cancelled',
    'edited',
  ],
  ['They have read it', { read: true }, 'cancelled', 'read'],
  ['It was said more than a day ago', { old: true }, 'suppressed', 'old'],
  ['There is no address, device or number of theirs', { reachable: false }, 'suppressed', 'unreachable'],
  ['They want to hear nothing of this room', { level: 'nothing' }, 'suppressed', 'muted'],
  [
    'They want to hear only what is meant for them in this room, and it is for everybody there',
    { level: 'mentions', reason: 'room' },
    'suppressed',
    'level',
  ],
  ['They, or a meeting in their calendar, said “do not disturb”', { dnd: true }, 'suppressed', 'dnd'],
  ['It is one of their quiet hours', { quiet: true }, 'suppressed', 'quiet'],
  [
    'A device of theirs is connected, and they did not say that they are away',
    { here: true },
    'suppressed',
    'active',
  ],
  ['They want neither mails nor pushes nor SMS about messages', { wanted: false }, 'suppressed', 'off'],
  ['None of these: they are away', {}, 'notified', 'away'],
];

test('each line of the table, alone', () => {
  for (const [when, facts, verdict, rule] of table)
    assert.equal(decide({ ...away, ...facts }), { verdict, rule }, when);
});

test('of several lines the first decides', () => {
  let all = away;
  for (const [when, facts, verdict, rule] of table.toReversed()) {
    all = { ...all, ...facts };
    assert.equal(decide(all), { verdict, rule }, when);
  }
});

test('docs/notifications.md has the table as it is', async () => {
  const docs = await readFile(path.join(import.meta.dirname, '../../docs/notifications.md'), 'utf8');
  const lines = table.map(
    ([when, , verdict, rule], i) => `| ${i + 1} | ${when} | ${verdict} | \`${rule}\` |`,
  );
  const expected = ['| | when | it is | rule |', '| --- | --- | --- | --- |', ...lines].join('\n');
  assert.ok(docs.includes(expected), `docs/notifications.md should hold:\n${expected}`);
});

test('what a level of a room lets through', () => {
  const told = (level: NoticeLevel) =>
    (['mention', 'direct', 'thread', 'keyword', 'room'] as NoticeReason[]).filter(
      reason => decide({ ...away, level, reason }).verdict === 'notified',
    );
  assert.equal(told('all'), ['mention', 'direct', 'thread', 'keyword', 'room']);
  assert.equal(told('mentions'), ['mention', 'thread', 'keyword']);
  assert.equal(told('nothing'), []);
});

test('of several reasons the strongest counts; one’s own words concern oneself never', () => {
  const about = (by: string, reasons: NoticeReason[], words?: string[]) =>
    reasonOf({ by, user: 'ada', reasons, ...(words && { words }) }, 'the Gate is shut');
  assert.is(about('bob', ['room', 'thread', 'mention']), 'mention');
  assert.is(about('bob', ['direct', 'room']), 'direct');
  assert.is(about('bob', ['keyword'], ['gate']), 'keyword');
  assert.is(about('bob', ['keyword'], ['gat']), undefined);
  assert.is(about('bob', ['keyword', 'room'], ['gat']), 'room');
  assert.is(about('ada', ['direct', 'mention', 'room']), undefined);
});

test('keywords are words of their own, in any letter case and script', () => {
  const cases: [text: string, word: string, found: boolean][] = [
    ['The roof is open', 'ROOF', true],
    ['waterproof', 'roof', false],
    ['proof, then roof!', 'roof', true],
    ['see C++ and C#', 'c++', true],
    ['über Größe', 'GRÖSSE', false],
    ['über GRÖẞE', 'größe', true],
    ['e\u0301tage', 'étage', true],
    ['étages', 'étage', false],
    ['明日の会議です', '会議', true],
    ['opening night tonight', 'opening night', true],
    ['a😀roof😀', 'roof', true],
    ['the roof_top', 'roof', false],
  ];
  for (const [text, word, found] of cases) assert.is(hasKeyword(text, [word]), found, `${word} in ${text}`);
});

test('quiet hours are those of the place, and go over midnight', () => {
  const at = (time: string) => Date.parse(`2026-07-01T${time}:00Z`);
  const night = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
  // Berlin is two hours ahead in summer.
  assert.equal(
    ['19:59', '20:00', '23:30', '04:59', '05:00'].map(time => isQuiet(night, at(time))),
    [false, true, true, true, false],
  );
  const noon = { from: '12:00', to: '13:00', zone: 'Asia/Tokyo' };
  assert.equal(
    ['02:59', '03:00', '04:00'].map(time => isQuiet(noon, at(time))),
    [false, true, false],
  );
});

test('the facts of a moment: how old, how reachable, how quiet it is', () => {
  const notice: WaitingNotice = {
    room: 'hall',
    title: 'Hall',
    kind: 'public',
    message: '3f6c7a0e-0000-4000-8000-000000000000',
    seq: 4,
    reason: 'mention',
    said: '2026-07-01T12:00:00.000Z',
    level: 'all',
    mayRead: true,
    deleted: false,
    read: false,
    stands: true,
  };
  const person = { bot: false, addresses: ['email' as const], channels: [] };
  const facts = factsOf(notice, person, {
    here: true,
    dnd: false,
    now: Date.parse('2026-07-02T12:00:01.000Z'),
  });
  assert.equal(facts, { ...away, level: 'all', here: true, old: true, wanted: false });
});

test.run();
