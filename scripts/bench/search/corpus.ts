// A database full of chat for the benchmark of search: rooms, people, and messages made of the lines and words of real IRC logs.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Sql } from '../../../server/store/postgres.ts';
import { createRandom, type Random } from '../../chaos/random.ts';

/** Beside the checkout, since it is not ours to ship. */
const LOGS = path.join(import.meta.dirname, '../../../../shared/data/irc');
const PEOPLE = 500;
/** Who is in all rooms, and who is in few. */
export const readers = { everywhere: 'user-0', few: 'user-1' } as const;
const FEW = 50;

export interface Corpus {
  /** Words by how many messages hold them, the most frequent first. */
  readonly words: readonly string[];
  readonly lines: readonly string[];
  readonly rooms: number;
}

/** What people said in the logs; undefined when they are not there. */
export async function readLines(): Promise<string[] | undefined> {
  const names = await readdir(LOGS).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!names) return undefined;
  const logs = names.filter(name => name.endsWith('.txt') && !name.includes('links'));
  const texts = await Promise.all(logs.sort().map(name => readFile(path.join(LOGS, name), 'utf8')));
  return texts.flatMap(text =>
    [...text.matchAll(/^\[\d\d:\d\d\] <[^>]+> (.+)$/gm)].map(([, said]) => said as string),
  );
}

export async function fill(sql: Sql, lines: readonly string[], messages: number): Promise<Corpus> {
  const random = createRandom(42);
  const rooms = Math.max(20, Math.round(messages / 500));
  const counts = new Map<string, number>();
  const text = (n: number) => {
    const said = compose(lines, random, n);
    for (const word of new Set(said.toLowerCase().match(/[a-z]{3,}/g)))
      counts.set(word, (counts.get(word) ?? 0) + 1);
    return said;
  };
  await sql`insert into users (id, name, role) select 'user-' || n, 'User ' || n, 'member' from generate_series(0, ${PEOPLE - 1}::int) n`;
  await sql`insert into rooms (id, title, kind, created_at, created_by, epoch, head)
    select 'room-' || n, 'Room ' || n, case when n % 3 = 0 then 'private' else 'public' end, now(), 'user-0', 'epoch', 0
    from generate_series(0, ${rooms - 1}::int) n`;
  await sql`insert into members (room, user_id, role, since_seq, read_seq)
    select 'room-' || n, u, 'member', 1, 0 from generate_series(0, ${rooms - 1}::int) n, unnest(array['user-0', 'user-1']) u
    where u = 'user-0' or n % ${Math.max(1, Math.floor(rooms / FEW))}::int = 0`;

  const heads = new Array<number>(rooms).fill(0);
  const began = Date.now() - messages * 2000;
  const rows = function* () {
    for (let n = 0; n < messages; n++) {
      // A few rooms are busy, most are not.
      const room = Math.floor(rooms * random.next() ** 3);
      heads[room] = (heads[room] as number) + 1;
      yield `room-${room}\t${heads[room]}\t${id(n)}\t${new Date(began + n * 2000).toISOString()}\tuser-${random.whole(0, PEOPLE - 1)}\t${escaped(text(n))}\n`;
    }
  };
  await sql`create unlogged table corpus (room text, seq bigint, id uuid, at timestamptz, author text, text text)`;
  const sink = await sql`copy corpus from stdin`.writable();
  await pipeline(Readable.from(chunks(rows())), sink);
  await sql`insert into messages (room, seq, id, at, author, text) select room, seq, id, at, author, text from corpus`;
  await sql`insert into events (room, seq, id, type, at, author, data)
    select room, seq, id, 'message.created', at, author, jsonb_build_object('text', text) from corpus`;
  await sql`update rooms set head = h.head::bigint
    from jsonb_array_elements_text(${JSON.stringify(heads)}::text::jsonb) with ordinality as h (head, n) where id = 'room-' || (n - 1)`;
  await sql`drop table corpus`;
  await sql`vacuum analyze`;
  const words = [...counts].sort((a, b) => b[1] - a[1]).map(([word]) => word);
  return { words, lines, rooms };
}

/** A real line, or two halves of lines; now and then a word that nobody else says. */
function compose(lines: readonly string[], random: Random, n: number): string {
  const line = () => random.pick(lines);
  const half = (text: string) => text.split(' ').slice(0, 12).join(' ');
  const said = random.chance(0.4) ? line() : `${half(line())} ${half(line())}`;
  return random.chance(0.05) ? `${said} ${made(n)}` : said;
}

/** A word of its own, as the names of machines and packages are. */
export const made = (n: number): string =>
  [...(Math.imul(n + 1, 2_654_435_761) >>> 0).toString(26)]
    .map(digit => String.fromCharCode(97 + Number.parseInt(digit, 26)))
    .join('');
const id = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\t', ' ').replaceAll('\0', '');

function* chunks(rows: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const row of rows) {
    chunk += row;
    if (chunk.length < 65_536) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}
