// `npm run bench:search`: a million messages in thousands of rooms, in a PostgreSQL of its own: how long the index takes to make, how large it
// is, how long each kind of search takes, and what indexing costs those who send.
//
//     npm run bench:search -- --messages 100000 --json
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readConfig } from '../../server/config.ts';
import { type Running, start } from '../../server/start.ts';
import { openEmbedded } from '../../server/store/embedded.ts';
import { migrate } from '../../server/store/migrate.ts';
import { openPostgres, type Sql } from '../../server/store/postgres.ts';
import { createRandom } from '../chaos/random.ts';
import { readOptions } from '../lib/options.ts';
import { measureAcks } from './search/acks.ts';
import { fill, readers, readLines } from './search/corpus.ts';
import { told } from './search/paired.ts';
import { kinds } from './search/queries.ts';

const { values } = readOptions(
  'bench:search',
  'Many messages in thousands of rooms: how long the index takes to make, how long each kind of search takes, and what indexing costs those who send.',
  {
    messages: { type: 'string', default: '1000000', says: 'messages' },
    queries: { type: 'string', default: '150', says: 'searches of each kind' },
    seconds: { type: 'string', default: '15', says: 'of sending in each half of each round' },
    rounds: { type: 'string', default: '7', says: 'pairs with indexing and without' },
    json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
  },
);
const messages = Number(values.messages);
const queries = Number(values.queries);
/** What is promised, in milliseconds; and by how much the ack may be later. */
const MARK = 50;
const ADDED = 0.05;
const SECRET = 'a secret of the benchmark, 32 bytes or more';
/** Searches of each kind that are not counted: a server that has just read a million messages in has none of them at hand. */
const WARM_UP = 20;
const quiet = { debug() {}, info() {}, warn: complain, error: complain };

function complain(fields: object, message: string): void {
  console.error(message, fields);
}

const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const round = (ms: number) => Math.round(ms * 10) / 10;
const say = (text: string) => void (values.json || console.log(text));

const config = (url: string) =>
  readConfig({
    ENVIRONMENT: 'test',
    PORT: '0',
    DATABASE_URL: url,
    JWT_SECRET: SECRET,
    RATE_LIMITS: 'off',
    LOAD_SHEDDING: 'off',
    MAX_CONNECTIONS_PER_USER: '1000',
    MAX_CONNECTIONS_PER_ADDRESS: '1000',
  });

async function built(sql: Sql, quietly: boolean): Promise<number> {
  const began = performance.now();
  for (;;) {
    const [row] =
      await sql`select (select sum(head) from rooms)::float8 as all, (select sum(seq) from search_cursors)::float8 as done`;
    if (row?.all === row?.done) return (performance.now() - began) / 1000;
    if (!quietly) process.stdout.write(`\r  indexed ${Math.round((100 * (row?.done ?? 0)) / row?.all)}% `);
    await delay(500);
  }
}

async function search(hub: Running['hub'], corpus: Awaited<ReturnType<typeof fill>>, user: string) {
  const actor = { id: user, name: user, role: 'member' } as const;
  const rows = [];
  const every: number[] = [];
  for (const [kind, make] of Object.entries(kinds)) {
    const random = createRandom(kind.length);
    const times: number[] = [];
    let found = 0;
    for (let n = -WARM_UP; n < queries; n++) {
      const { query, room } = make(corpus, random);
      if (room && user !== readers.everywhere) continue;
      const began = performance.now();
      const { hits } = await hub.search.search(actor, {
        query,
        limit: 20,
        mode: 'keyword',
        ...(room && { room }),
      });
      if (n < 0) continue;
      times.push(performance.now() - began);
      if (hits.length > 0) found++;
    }
    if (times.length === 0) continue;
    every.push(...times);
    times.sort((a, b) => a - b);
    rows.push({
      kind,
      found,
      p50: round(percentile(times, 0.5)),
      p99: round(percentile(times, 0.99)),
      max: round(times.at(-1) ?? 0),
    });
  }
  every.sort((a, b) => a - b);
  return { rows, p50: round(percentile(every, 0.5)), p99: round(percentile(every, 0.99)) };
}

const lines = await readLines();
if (!lines) {
  console.log('skipped: ../shared/data/irc is not there');
  process.exit(0);
}
const dataDir = await mkdtemp(path.join(tmpdir(), 'first-court-bench-'));
try {
  await using server = await openEmbedded(dataDir);
  await using db = await openPostgres(server.url, { statementTimeout: 3_600_000 });
  await migrate(db.sql);
  say(`Filling a database with ${messages} messages…`);
  const corpus = await fill(db.sql, lines, messages);
  let seconds = 0;
  const answers: Record<string, Awaited<ReturnType<typeof search>>> = {};
  {
    await using running = await start(config(server.url), quiet);
    seconds = await built(db.sql, values.json);
    say(`\nThe index was made in ${Math.round(seconds)} s (${Math.round(messages / seconds)} messages/s).`);
    await db.sql`vacuum analyze`;
    for (const [who, user] of Object.entries(readers)) {
      const answer = await search(running.hub, corpus, user);
      answers[who] = answer;
      say(
        `\nSomebody in ${who === 'few' ? 'fifty' : `all ${corpus.rooms}`} rooms: p50 ${answer.p50} ms, p99 ${answer.p99} ms`,
      );
      if (!values.json) console.table(answer.rows);
    }
  }
  const [size] = await db.sql`select
    pg_total_relation_size('search_documents') / 1048576 as documents, pg_total_relation_size('search_words') / 1048576 as words,
    pg_total_relation_size('messages') / 1048576 as messages, (select count(*) from search_words) as vocabulary`;
  say(
    `\nSizes in MB: messages ${size?.messages}, index ${size?.documents}, vocabulary ${size?.words} (${size?.vocabulary} words)`,
  );
  const acks = await measureAcks({
    start: () => start(config(server.url), quiet),
    db,
    lines,
    secret: SECRET,
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
    settled: () => built(db.sql, true),
  });
  say(`${told(acks)} of ${acks.sent} sends`);
  const p99 = Math.max(...Object.values(answers).map(answer => answer.p99));
  const added = acks.added.p50.median;
  if (values.json)
    console.log(JSON.stringify({ messages, buildSeconds: round(seconds), size, answers, acks }));
  const holds = (well: boolean, what: string) => say(`${well ? 'holds' : 'DOES NOT HOLD'}: ${what}`);
  holds(p99 < MARK, `p99 of a search below ${MARK} ms (${p99} ms)`);
  holds(added < ADDED, `indexing adds less than ${ADDED * 100}% to an ack (p50: ${round(added * 100)}%)`);
  process.exitCode = p99 < MARK && added < ADDED ? 0 : 1;
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
