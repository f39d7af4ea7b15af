// Of words that many write only a part of the time is looked through (migration 0025): what is found stays what is newest, whatever the guess was worth.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SearchQuery } from '../hub/ports-search.ts';
import { openPostgres, type PostgresDb } from '../store/postgres.ts';
import { wanted } from '../testing/contracts/search-index.ts';
import { openTestDatabase, type TestDatabase } from '../testing/database.ts';
import { createPostgresSearch } from './postgres.ts';

const test = suite('windows of time');
const MESSAGES = 6000;
/** A minute lies between two of them, the first is of this one. */
const FIRST = Date.UTC(2026, 0, 1);
const at = (n: number) => new Date(FIRST + n * 60_000).toISOString();
/** `lantern` and `gate` are spread evenly and stand together as often as chance has it; `ember` was spoken of in the first third alone. */
const holds: Readonly<Record<string, (n: number) => boolean>> = {
  lantern: () => true,
  gate: n => n % 3 === 0,
  quay: n => n % 4 === 1,
  ember: n => n < MESSAGES / 3 && n % 2 === 0,
};
const author = (n: number) => (n % 40 === 0 ? 'ada' : 'bob');

let database: TestDatabase;
let db: PostgresDb;

test.before(async () => {
  database = await openTestDatabase();
  db = await openPostgres(database.url, { statementTimeout: 60_000 });
  const numbers = Array.from({ length: MESSAGES }, (_, n) => n);
  const rows = numbers.map(n => ({
    ...{ room: `room-${n % 5}`, seq: Math.floor(n / 5) + 1, at: at(n), author: author(n) },
    words: Object.keys(holds)
      .filter(word => holds[word]?.(n))
      .map(word => `${word}:1A`)
      .join(' '),
  }));
  await db.sql`insert into search_documents (room, seq, at, author, has, words)
    select room, seq, at, author, '{}', words::tsvector
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as d (room text, seq bigint, at timestamptz, author text, words text)`;
  for (const [word, has] of Object.entries(holds))
    await db.sql`insert into search_words (word, n) values (${word}, ${numbers.filter(has).length})`;
  await db.sql`analyze search_documents`;
});
test.after(async () => {
  await db?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

type Case = [asked: string, query: SearchQuery, fits: (n: number) => boolean];
const all =
  (...words: string[]) =>
  (n: number) =>
    words.every(word => holds[word]?.(n));
const cases: Case[] = [
  ['a word that everybody writes', wanted('lantern'), all('lantern')],
  ['two frequent words', wanted('lantern gate'), all('lantern', 'gate')],
  ['words of long ago, thought to be of today', wanted('ember lantern'), all('ember')],
  ['words that never stand together', wanted('gate quay', { without: ['lantern'] }), () => false],
  ['a beginning', wanted('lant*'), all('lantern')],
  ['a word in quotes', wanted('', { phrases: ['gate'] }), all('gate')],
  ['somebody who says little', wanted('lantern', { from: ['ada'] }), n => author(n) === 'ada'],
  ['before a day', wanted('lantern', { until: at(2500) }), n => n < 2500],
  [
    'between two days',
    wanted('gate', { since: at(1500), until: at(2700) }),
    n => all('gate')(n) && n >= 1500 && n < 2700,
  ],
];

for (const [asked, query, fits] of cases)
  test(`${asked}: the newest are found, in a few rooms and in many`, async () => {
    const index = createPostgresSearch(db);
    const expected = Array.from({ length: MESSAGES }, (_, n) => MESSAGES - 1 - n).filter(fits);
    for (const others of [0, 300]) {
      const rooms = Array.from({ length: 5 + others }, (_, n) => ({
        ...{ id: `room-${n}`, since: 1, head: n < 5 ? MESSAGES / 5 : 0 },
      }));
      const mine = rooms.filter((_, n) => n !== 2);
      const { found, total } = await index.search(query, mine, 300);
      const places = found.map(({ room, seq }) => (seq - 1) * 5 + Number(room.slice(5)));
      const wanted = expected.filter(n => n % 5 !== 2);
      assert.equal(places, wanted.slice(0, 300));
      assert.is(total, Math.min(500, wanted.length));
    }
  });

test.run();
