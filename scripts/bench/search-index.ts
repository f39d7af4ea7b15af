// `npm run bench:search-index`: fills an index in the simulated Elasticsearch with messages of the IRC logs, and measures whether following the logs costs
// those who send anything: the same sends with it and without. The simulator runs in a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { constants, setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { signToken } from '../../clients/cli/signing.ts';
import { readConfig } from '../../server/config.ts';
import { createPostgresSearch } from '../../server/search/postgres.ts';
import { start } from '../../server/start.ts';
import { openEmbedded } from '../../server/store/embedded.ts';
import { migrate } from '../../server/store/migrate.ts';
import { openPostgres } from '../../server/store/postgres.ts';
import { createSearchStore } from '../../server/store/queries/search.ts';
import { readOptions } from '../lib/options.ts';
import { openElasticsearchSimulator } from '../simulators/elasticsearch/simulator.ts';
import { acksOf, takeTurns, told } from './search/paired.ts';

const { values } = readOptions(
  'bench:search-index',
  'Fills an index in the simulated Elasticsearch, and measures what following the logs costs those who send.',
  {
    messages: { type: 'string', default: '100000', says: 'messages to fill it with' },
    sends: { type: 'string', default: '2000', says: 'sends in each half of each round' },
    rate: { type: 'string', default: '200', says: 'sends a second' },
    rounds: { type: 'string', default: '7', says: 'pairs with and without' },
    json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
    serve: { type: 'boolean', default: false, says: 'used by the script itself: only the simulator' },
  },
);
const [messages, sends, rate, rounds] = [values.messages, values.sends, values.rate, values.rounds].map(
  Number,
) as [number, number, number, number];
const SECRET = 'a secret of the benchmark, 32 bytes or more';
const LOGS = path.join(import.meta.dirname, '../../../shared/data/irc');
const ROOMS = 20;
/** What following the logs may add to an ack. */
const MARK = 0.05;

/** In a process of its own. */
async function serve(): Promise<void> {
  const simulator = await openElasticsearchSimulator();
  process.send?.(simulator.url);
  await once(process, 'disconnect');
  await simulator[Symbol.asyncDispose]();
}

async function readTexts(): Promise<string[]> {
  const files = await Array.fromAsync(
    glob('*.txt', { cwd: LOGS, exclude: name => name.endsWith('.links.txt') }),
  );
  const logs = await Promise.all(files.sort().map(file => readFile(path.join(LOGS, file), 'utf8')));
  return logs.flatMap(log =>
    log.split('\n').flatMap(line => /^\[[^\]]+\] <[^>]+> (.+)$/.exec(line)?.[1] ?? []),
  );
}

const room = (n: number) => `room-${n % ROOMS}`;

/** Rooms with so many messages in their logs. */
async function fill(dataDir: string, texts: readonly string[]): Promise<void> {
  await using server = await openEmbedded(dataDir, { durable: false });
  await using db = await openPostgres(server.url, { statementTimeout: 120_000 });
  await migrate(db.sql);
  await db.sql`insert into users (id, name, role) values ('sender', 'Sender', 'member')`;
  for (let n = 0; n < ROOMS; n++)
    await db.call('create_room', {
      room: { id: room(n), title: room(n), kind: 'public' },
      ...{ by: 'sender', members: [], reuse: false },
    });
  const GROUP = 1000;
  for (let from = 0; from < messages; from += GROUP) {
    const drafts = Array.from({ length: Math.min(GROUP, messages - from) }, (_, n) => ({
      ...{ room: room(from + n), by: 'sender', id: crypto.randomUUID(), type: 'message.created' },
      ...{ admin: false, digest: '', data: { text: texts[(from + n) % texts.length] } },
    }));
    await db.call('append_events', { drafts });
  }
  await db.sql`analyze`;
  // The index in the database is kept in any case, and filled before anything is measured.
  const [index, store] = [createPostgresSearch(db), createSearchStore(db)];
  for (let more = true; more; ) {
    const changes = await store.changes(index.cursor, GROUP);
    await index.index(changes.messages);
    await store.moved(index.cursor, changes.cursors);
    more = changes.more;
  }
}

async function send(url: string, texts: readonly string[]) {
  const token = await signToken(SECRET, { user: 'sender', role: 'member', seconds: 3600 });
  const socket = io(url, { auth: { token, protocol: 1 }, transports: ['websocket'], forceNew: true });
  await new Promise<void>(resolve => socket.once('connect', resolve));
  const times: number[] = [];
  const began = performance.now();
  const open: Promise<void>[] = [];
  for (let n = 0; n < sends; n++) {
    const due = began + (n * 1000) / rate;
    const early = due - performance.now();
    if (early > 0) await delay(early);
    const at = performance.now();
    const call = { room: room(n), id: crypto.randomUUID(), text: texts[n % texts.length] };
    open.push(socket.emitWithAck('message:send', call).then(() => void times.push(performance.now() - at)));
  }
  await Promise.all(open);
  socket.close();
  return acksOf(times);
}

const say = (fields: object, message: string) =>
  void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
const log = { debug: () => {}, info: () => {}, warn: say, error: say };

async function open(dataDir: string, elasticsearch: string) {
  const config = readConfig({
    ...{ PORT: '0', DATA_DIR: dataDir, JWT_SECRET: SECRET, RATE_LIMITS: 'off', LOAD_SHEDDING: 'off' },
    ELASTICSEARCH_URL: elasticsearch,
  });
  return start(config, log);
}

/** Of `/readyz`: how many log entries the index is behind; undefined: it is not filled yet. */
async function behind(url: string): Promise<number | undefined> {
  const { checks } = (await (await fetch(`${url}/readyz`)).json()) as { checks: { search?: string } };
  const [, count] = /^ready; (\d+) log entries behind/.exec(checks.search ?? '') ?? [];
  return count === undefined ? undefined : Number(count);
}

async function until(so: () => Promise<boolean>): Promise<void> {
  while (!(await so())) await delay(20);
}

async function run(): Promise<void> {
  if (!existsSync(LOGS)) {
    process.stdout.write(`Skipped: the IRC logs are not at ${LOGS}.\n`);
    return;
  }
  const dataDir = await mkdtemp(path.join(tmpdir(), 'first-court-bench-'));
  const child = fork(import.meta.filename, ['--serve']);
  try {
    const [url] = (await once(child, 'message')) as [string];
    // Elasticsearch has a machine of its own: here it takes what the hub leaves.
    setPriority(child.pid as number, constants.priority.PRIORITY_LOW);
    const texts = await readTexts();
    await fill(dataDir, texts);
    let filled: number | undefined;
    let lag = 0;
    const compared = await takeTurns(rounds, async mode => {
      const began = performance.now();
      await using hub = await open(dataDir, mode === 'on' ? url : '');
      // What was sent while nobody followed is no part of what following costs.
      if (mode === 'on') await until(async () => (await behind(hub.url)) === 0);
      if (mode === 'on') filled ??= performance.now() - began;
      await send(hub.url, texts.slice(0, 500));
      const acks = await send(hub.url, texts);
      const over = performance.now();
      if (mode === 'on') {
        await until(async () => (await behind(hub.url)) === 0);
        lag = Math.max(lag, performance.now() - over);
      }
      return acks;
    });
    const seconds = (filled ?? 0) / 1000;
    const added = compared.added.p50.median;
    const result = {
      messages,
      fillSeconds: Number(seconds.toFixed(1)),
      documentsPerSecond: Math.round(messages / seconds),
      lagMs: Math.round(lag),
      acks: compared,
      ok: added < MARK,
    };
    process.stdout.write(
      values.json
        ? `${JSON.stringify(result)}\n`
        : `${messages} messages indexed in ${result.fillSeconds} s from the start of the hub: ${result.documentsPerSecond}/s\n` +
            `${told(compared)} of ${sends} sends at ${rate}/s (mark: p50 under ${MARK * 100}% more)\n` +
            `after the last ack the index was up to date in ${result.lagMs} ms\n`,
    );
    if (!result.ok) process.exitCode = 1;
  } finally {
    if (child.connected) child.disconnect();
    await rm(dataDir, { recursive: true, force: true });
  }
}

await (values.serve ? serve() : run());
