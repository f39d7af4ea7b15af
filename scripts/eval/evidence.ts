// Whether search finds where a question is answered: each meeting is a room of a real hub, each specific question a search in it, and people
// marked the turns that hold the evidence.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readConfig } from '../../server/config.ts';
import { type Running, start } from '../../server/start.ts';
import { openEmbedded } from '../../server/store/embedded.ts';
import { migrate } from '../../server/store/migrate.ts';
import { openPostgres, type Sql } from '../../server/store/postgres.ts';
import { COMMON } from './baselines.ts';
import type { Meeting } from './meetings.ts';
import type { Part } from './part.ts';
import { tokens } from './rouge.ts';

/** Turns that are looked at. */
const TOP = 10;
const READER = 'reader';
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

type Method = (meeting: Meeting, query: string) => Promise<number[]> | number[];

export const evidence: Part = {
  name: 'evidence',
  async run(meetings) {
    await using rooms = await openRooms(meetings);
    const methods: Record<string, Method> = { 'plain BM25': bm25, search: rooms.search };
    const rows: [string, ...number[]][] = [];
    for (const [name, method] of Object.entries(methods)) {
      let [precision, first, count] = [0, 0, 0];
      for (const meeting of meetings) {
        for (const { query, relevant } of meeting.specific) {
          if (relevant.size === 0) continue;
          const turns = await method(meeting, query);
          precision += turns.filter(turn => relevant.has(turn)).length / TOP;
          first += turns[0] !== undefined && relevant.has(turns[0]) ? 1 : 0;
          count++;
        }
      }
      rows.push([name, (100 * precision) / count, (100 * first) / count, count]);
    }
    return {
      tables: [
        {
          title: 'Evidence for specific questions, by search in keyword mode (%)',
          columns: ['precision@10', 'hit@1', 'questions'],
          rows,
        },
      ],
      figures: Object.fromEntries(rows.map(([name, p10, hit, questions]) => [name, { p10, hit, questions }])),
    };
  },
};

async function openRooms(meetings: readonly Meeting[]) {
  await using parts = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'first-court-eval-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  // PostgreSQL does not run as root, so its own user must be able to come in here.
  await chmod(folder, 0o755);
  const server = parts.use(await openEmbedded(folder, { durable: false }));
  const { sql } = parts.use(await openPostgres(server.url, { statementTimeout: 60_000 }));
  await migrate(sql);
  for (const meeting of meetings) await fill(sql, meeting);
  const config = readConfig({
    ENVIRONMENT: 'test',
    PORT: '0',
    DATABASE_URL: server.url,
    JWT_SECRET: 'of an evaluation, and of no use to anybody',
  });
  const { hub }: Running = parts.use(await start(config, SILENT));
  while ((await behind(sql)) > 0) await delay(100);
  const open = parts.move();
  const actor = { id: READER, name: READER, role: 'member' } as const;
  return {
    async search({ name }: Meeting, query: string): Promise<number[]> {
      const { hits } = await hub.search.search(actor, {
        query,
        room: roomOf(name),
        limit: TOP,
        mode: 'keyword',
      });
      return hits.map(({ message }) => message.seq - 1);
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

const roomOf = (meeting: string) => meeting.toLowerCase();

/** Turn n is entry n + 1 of the room's log. */
async function fill(sql: Sql, { name, turns }: Meeting): Promise<void> {
  const room = roomOf(name);
  const said = turns.map(({ speaker, content }, n) => ({
    seq: n + 1,
    author: `${room} ${speaker}`,
    name: speaker,
    text: content,
  }));
  const given = sql`jsonb_to_recordset(${JSON.stringify(said)}::text::jsonb) as t (seq bigint, author text, name text, text text)`;
  await sql`insert into users (id, name, role) values (${READER}, ${READER}, 'member') on conflict do nothing`;
  await sql`insert into users (id, name, role) select distinct author, name, 'member' from ${given}`;
  await sql`insert into rooms (id, title, kind, created_at, created_by, epoch, head)
    values (${room}, ${name}, 'private', now(), ${READER}, 'epoch', ${said.length})`;
  await sql`insert into members (room, user_id, role, since_seq, read_seq) values (${room}, ${READER}, 'member', 1, 0)`;
  await sql`insert into events (room, seq, id, type, at, author, data)
    select ${room}, seq, gen_random_uuid(), 'message.created', now(), author, jsonb_build_object('text', text) from ${given}`;
  await sql`insert into messages (room, seq, id, at, author, text)
    select ${room}, seq, gen_random_uuid(), now(), author, text from ${given} where text <> ''`;
}

async function behind(sql: Sql): Promise<number> {
  const [row] =
    await sql`select count(*)::int as rooms from rooms r left join search_cursors c on c.room = r.id where c.seq is distinct from r.head`;
  return row?.rooms;
}

/** As anybody would begin: k1 = 1.2, b = 0.75, no stems, without common words. */
function bm25({ turns }: Meeting, query: string): number[] {
  const bags = turns.map(({ content }) => counted(content));
  const lengths = turns.map(({ content }) => content.split(/\s+/).length);
  const average = lengths.reduce((sum, length) => sum + length, 0) / turns.length;
  const scores = turns.map(() => 0);
  for (const word of counted(query).keys()) {
    const having = bags.filter(bag => bag.has(word)).length;
    const rarity = Math.log(1 + (turns.length - having + 0.5) / (having + 0.5));
    bags.forEach((bag, i) => {
      const count = bag.get(word) ?? 0;
      scores[i]! += (rarity * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * lengths[i]!) / average));
    });
  }
  return [...turns.keys()]
    .filter(i => scores[i]! > 0)
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, TOP);
}

function counted(text: string): Map<string, number> {
  const bag = new Map<string, number>();
  for (const word of tokens(text))
    if (word.length > 2 && !COMMON.has(word)) bag.set(word, (bag.get(word) ?? 0) + 1);
  return bag;
}
