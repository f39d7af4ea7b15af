// A task under a lease, on a real database: one node at a time, another when the holder goes or dies.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPostgres } from '../store/postgres.ts';
import { createUpkeepStore } from '../store/queries/upkeep.ts';
import { openTestDatabase, type TestDatabase } from '../testing/database.ts';
import { until } from '../testing/until.ts';
import { createBackground } from './background.ts';
import { createLeases } from './lease.ts';
import type { Log } from './ports.ts';

const test = suite('lease');
const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let database: TestDatabase;

test.before(async () => {
  database = await openTestDatabase();
});
test.after(async () => database[Symbol.asyncDispose]());

/** What is open now, by the name of its node. */
const open = new Set<string>();

async function node(name: string, runs: string[], lastsSeconds = 30) {
  const db = await openPostgres(database.url, { max: 2 });
  const background = createBackground(log);
  const store = createUpkeepStore(db);
  const leases = createLeases({
    store,
    background,
    node: name,
    now: Date.now,
    log,
    renewMs: 20,
    lastsSeconds,
  });
  leases.run({ name: 'task', everyMs: 0, work: async () => void runs.push(name) });
  leases.hold({
    name: 'held',
    open() {
      open.add(name);
      return { [Symbol.asyncDispose]: async () => void open.delete(name) };
    },
  });
  return {
    store,
    letGo: leases.letGo,
    /** As when the database no longer answers. */
    loseDatabase: () => db[Symbol.asyncDispose](),
    /** As a crash: nothing is given back. */
    async die() {
      await background[Symbol.asyncDispose]();
      await db[Symbol.asyncDispose]();
    },
    async leave() {
      await background[Symbol.asyncDispose]();
      await leases[Symbol.asyncDispose]();
      await db[Symbol.asyncDispose]();
    },
  };
}

test('one node runs the task; when it leaves, another takes over at once', async () => {
  const runs: string[] = [];
  const one = await node('one', runs);
  await until(() => runs.length >= 3);
  const two = await node('two', runs);
  const before = runs.length;
  await until(() => runs.length >= before + 5);
  assert.equal(new Set(runs), new Set(['one']));
  await one.leave();
  await until(() => runs.at(-1) === 'two');
  await two.leave();
});

test('a lease of a node that died runs out', async () => {
  const runs: string[] = [];
  const one = await node('one', runs, 0.5);
  await until(() => runs.length > 0);
  await one.die();
  const two = await node('two', runs);
  await until(() => runs.at(-1) === 'two');
  assert.is(await two.store.takeLease('task', 'three', 1), false);
  await two.leave();
});

test('what a lease holds open is open on one node, and goes to another when it is let go', async () => {
  const one = await node('one', []);
  await until(() => open.has('one'));
  const two = await node('two', []);
  assert.equal([...open], ['one']);
  await one.letGo();
  assert.not(open.has('one'));
  await until(() => open.has('two'));
  // It does not come back to who let it go.
  await two.leave();
  assert.equal([...open], []);
  const three = await node('three', []);
  await until(() => open.has('three'));
  await one.leave();
  await three.leave();
  assert.equal([...open], []);
});

test('what a lease holds open is closed when the lease cannot be renewed, before another may take it', async () => {
  const one = await node('one', [], 0.5);
  await until(() => open.has('one'));
  await one.loseDatabase();
  await until(() => !open.has('one'));
  const two = await node('two', []);
  await until(() => open.has('two'));
  await one.leave();
  await two.leave();
});

test('sweeping takes what has run out, and leaves what has not', async () => {
  const db = await openPostgres(database.url, { max: 1 });
  await db.sql`insert into users (id, name, role) values ('ada', 'Ada', 'member')`;
  await db.sql`insert into sessions (id, user_id, expires_at) values
    ('old', 'ada', now() - interval '31 days'), ('ended', 'ada', now() - interval '1 day'), ('open', 'ada', now() + interval '1 day')`;
  await db.sql`insert into sign_in_links (hash, user_id, expires_at) values
    (sha256('old'), 'ada', now() - interval '2 days'), (sha256('new'), 'ada', now() + interval '1 hour')`;
  const swept = await createUpkeepStore(db).sweep();
  assert.equal(swept, { sessions: 1, links: 1, bans: 0, probes: 0, pieces: 0 });
  const left = await db.sql<{ id: string }[]>`select id from sessions order by id`;
  assert.equal(
    left.map(row => row.id),
    ['ended', 'open'],
  );
  await db[Symbol.asyncDispose]();
});

test.run();
