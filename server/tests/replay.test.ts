// Real chat logs through a hub in a process of its own, killed and started again in the middle: everybody holds the same, and it is what the
// database holds.
// time limit: 300 s
// places: 2
// takes: 72 s
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Message } from '#shared/protocol/models.ts';
import { newFindings } from '../../clients/cli/formats/entry.ts';
import { ircSource } from '../../clients/cli/formats/irc.ts';
import type { ReplayReport } from '../../clients/cli/replayer.ts';
import { signToken } from '../../clients/cli/signing.ts';
import { createClient } from '../../clients/js/index.ts';
import { freePort, startHub } from '../../scripts/hub-process.ts';
import { openPostgres, type Sql } from '../store/postgres.ts';
import { openTestDatabase } from '../testing/database.ts';
import { digestOf, hashOf, Observer } from '../testing/observer.ts';

const LOGS = path.join(import.meta.dirname, '../../../shared/data/irc');
const CLI = path.join(import.meta.dirname, '../../clients/cli/main.ts');
const JWT_SECRET = 'a secret of the replay that is long enough';
const ROOM = 'ubuntu';
const OBSERVERS = 15;
/** The ten logs last 60 hours together. */
const SPEED = '9000';
/** Sooner than a person's client, to keep the test short. */
const BACKOFF = { firstMs: 250, capMs: 4000 };
/** Shares of the log after which the hub is killed. */
const KILLS = [0.35, 0.7];

const settings = {
  ENVIRONMENT: 'test',
  LOG_LEVEL: 'warn',
  JWT_SECRET,
  RATE_LIMITS: 'off',
  // A machine that is busy with other tests must not decide what these see.
  LOAD_SHEDDING: 'off',
  MAX_CONNECTIONS_PER_ADDRESS: '10000',
};

const test = suite('replay');

const getToken = (user: string) => () => signToken(JWT_SECRET, { user, role: 'member', seconds: 3600 });

async function readLog(sql: Sql, room: string): Promise<LogEvent[]> {
  const rows = await sql<
    { event: LogEvent }[]
  >`select event_json(e) as event from events e where room = ${room} order by seq`;
  return rows.map(({ event }) => event);
}

async function readMessages(sql: Sql, room: string): Promise<Message[]> {
  const rows = await sql<
    { message: Message }[]
  >`select message_json(m) as message from messages m where room = ${room} order by seq`;
  return rows.map(({ message }) => message);
}

/** `court replay` in a process of its own, so that it neither slows the observers down nor knows more than its own messages. */
async function play(files: string[], env: Record<string, string>): Promise<ReplayReport> {
  const args = [CLI, 'replay', ...files, '--room', ROOM, '--speed', SPEED, '--json'];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`court replay ended with ${code}: ${err}`);
  return JSON.parse(out);
}

/** Who said what, in the order of the files. */
async function spoken(files: string[]): Promise<{ by: string; text: string }[]> {
  const said: { by: string; text: string }[] = [];
  for (const file of files) {
    for await (const entry of ircSource([file], { room: ROOM })(newFindings())) {
      if (entry.type === 'message.created') said.push({ by: entry.by, text: entry.data.text });
    }
  }
  return said;
}

/** Each person's words in their order, and nothing about the order between people. */
function perPerson(said: { by: string; text: string }[]): string {
  const people = Map.groupBy(said, ({ by }) => by);
  const sorted = [...people].sort(([a], [b]) => (a < b ? -1 : 1));
  return hashOf(sorted.map(([by, words]) => [by, words.map(word => word.text)]));
}

if (existsSync(LOGS)) {
  test('12,500 lines of real logs, the hub killed twice: 15 observers hold every entry once, in order, as the database does (I1-I6, I10)', async () => {
    const logs = readdirSync(LOGS).filter(file => /\d\.txt$/.test(file));
    const files = logs.map(file => path.join(LOGS, file));
    const said = await spoken(files);

    await using parts = new AsyncDisposableStack();
    const { url: DATABASE_URL } = parts.use(await openTestDatabase());
    const { sql } = parts.use(await openPostgres(DATABASE_URL, { statementTimeout: 30_000 }));
    const env = { ...settings, DATABASE_URL, PORT: await freePort() };
    let hub = parts.use(await startHub(env));
    const { url } = hub;

    const owner = parts.use(createClient({ url, getToken: getToken('owner') }));
    await owner.connect();
    await owner.call('room:create', { id: ROOM, title: 'Ubuntu', kind: 'public' });
    await owner.close();
    const observers = Array.from(
      { length: OBSERVERS },
      (_, n) =>
        new Observer(
          { url, getToken: getToken(`observer-${n}`), keepMessages: said.length, backoff: BACKOFF },
          ROOM,
        ),
    );
    for (const { court } of observers) parts.use(court);
    const start = Math.max(...(await Promise.all(observers.map(observer => observer.join()))));
    for (const observer of observers) observer.begin(start);

    const playing = play(files, { ...env, COURT_URL: url });
    // Whoever waits for it gets its error; meanwhile it must not end the process.
    playing.catch(() => {});
    for (const share of KILLS) {
      const here = start + Math.floor(said.length * share);
      // All of them, or one that is not back from the first kill would not feel the second.
      await Promise.race([Promise.all(observers.map(observer => observer.reach(here))), playing]);
      assert.is(await hub.end('SIGKILL'), 'SIGKILL', 'the hub was killed');
      hub = parts.use(await startHub(env));
    }
    const report = await playing;

    const log = await readLog(sql, ROOM);
    const head = log.length;
    await Promise.all(observers.map(observer => observer.reach(head)));
    assert.equal(report.errors, {}, 'no message was refused');
    assert.is(report.sent, said.length);
    assert.is(report.acknowledged, said.length);
    assert.ok(report.nicks > 1000, `${report.nicks} nicks`);

    assert.equal(
      log.map(({ seq }) => seq),
      Array.from({ length: head }, (_, n) => n + 1),
      'the log is dense (I4)',
    );
    const written = log.filter(event => event.type === 'message.created');
    assert.is(written.length, said.length, 'every line once (I1, I2, I3)');
    const words = written.map(({ by, data }) => ({ by, text: data.text }));
    assert.is(
      perPerson(words),
      perPerson(said),
      "everybody's words in the order said, byte for byte (I2, I6)",
    );

    // Who was back before anything was said has missed nothing, and so has no gap.
    assert.ok(
      observers.some(({ gaps }) => gaps.length > 0),
      'the kills were felt',
    );
    const entries = digestOf(log.slice(start));
    const messages = hashOf(await readMessages(sql, ROOM));
    for (const [n, observer] of observers.entries()) {
      assert.equal(observer.faults, [], `observer ${n} missed nothing and got nothing twice (I5)`);
      assert.is(observer.seq, head);
      assert.ok(observer.gaps.every(({ recovered }) => recovered));
      assert.is(observer.digest(), entries, `observer ${n} read what the database holds`);
      assert.is(
        hashOf(observer.room.messages),
        messages,
        `observer ${n} shows what the database holds (I10)`,
      );
    }
    console.log(
      `  ${report.sent} messages of ${report.nicks} nicks in ${report.seconds.toFixed(1)} s, ack p99 ${report.ack.p99} ms`,
    );
  });
} else {
  console.log('# skip the replay of real logs: ../shared/data/irc is not there');
}

test('the embedded database: a hub killed with -9 finds its data again, and the last one out leaves nothing behind', async () => {
  await using parts = new AsyncDisposableStack();
  const DATA_DIR = await mkdtemp(path.join(tmpdir(), 'first-court-embedded-'));
  parts.defer(() => rm(DATA_DIR, { recursive: true, force: true }));
  const env = { ...settings, DATABASE_URL: '', DATA_DIR, PORT: await freePort() };
  const first = parts.use(await startHub(env));
  const { url } = first;
  const court = parts.use(createClient({ url, getToken: getToken('ada') }));
  await court.connect();
  await court.call('room:create', { id: ROOM, title: 'Ubuntu', kind: 'public' });
  const room = court.room(ROOM);
  await room.join();
  for (let n = 0; n < 20; n++) await room.send(`before ${n}`).done;
  const underWay = Array.from({ length: 50 }, (_, n) => room.send(`through ${n}`).done);
  await underWay[10];
  assert.is(await first.end('SIGKILL'), 'SIGKILL');

  const second = parts.use(await startHub(env));
  await Promise.all(underWay);
  const { messages } = await court.call('messages:read', { room: ROOM, limit: 200 });
  assert.equal(
    messages.map(message => message.text),
    [
      ...Array.from({ length: 20 }, (_, n) => `before ${n}`),
      ...Array.from({ length: 50 }, (_, n) => `through ${n}`),
    ],
  );
  await court.close();
  assert.is(await second.end('SIGINT'), 0, second.output());
  assert.not(existsSync(path.join(DATA_DIR, 'postgres/data/postmaster.pid')), 'the database has ended too');
});

test.run();
