// time limit: 300 s
// takes: 39 s
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Home } from './cluster.ts';
import { withConnection } from './databases.ts';
import { type Embedded, openEmbedded } from './embedded.ts';
import { findPostmaster, type Postmaster } from './postmaster.ts';

const test = suite<{ dataDir: string; home: Home; children: ChildProcess[] }>('store/embedded');

// A made cluster is kept for all tests but those that are about making one: initdb takes a second.
let shared = '';
test.before(async () => {
  shared = await mkdtemp(path.join(os.tmpdir(), 'first-court-embedded-'));
  await chmod(shared, 0o755);
});
test.after(() => rm(shared, { recursive: true }));
test.before.each(context => {
  context.children = [];
  use(context, shared);
});
test.after.each(async ({ children, home }) => {
  for (const child of children) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  const running = await findPostmaster(home);
  if (running) process.kill(running.pid, 'SIGQUIT');
  await until(async () => !(await findPostmaster(home)));
});

function use(context: { dataDir: string; home: Home }, dataDir: string): void {
  context.dataDir = dataDir;
  context.home = { dir: path.join(dataDir, 'postgres'), durable: false };
}

const open = (dataDir: string, onNotice?: (line: string) => void): Promise<Embedded> =>
  openEmbedded(dataDir, { durable: false, ...(onNotice ? { onNotice } : {}) });

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(5);
}

/** A zombie has ended; who has to reap it is another matter. */
function isAlive(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

async function running(home: Home): Promise<Postmaster> {
  const found = await findPostmaster(home);
  assert.ok(found, 'a server runs');
  return found as Postmaster;
}

/** Another process that opens the folder, and leaves when its input ends. */
async function opener(context: { children: ChildProcess[] }, dataDir: string, rounds = 1) {
  const code = `
    import { openEmbedded } from ${JSON.stringify(path.join(import.meta.dirname, 'embedded.ts'))};
    for (let round = 0; round < ${rounds}; round++) {
      const embedded = await openEmbedded(${JSON.stringify(dataDir)}, { durable: false });
      console.log(embedded.url);
      if (round === ${rounds - 1}) await new Promise(resolve => process.stdin.on('end', resolve).resume());
      await embedded[Symbol.asyncDispose]();
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  context.children.push(child);
  const lines = createInterface(child.stdout);
  const urls: string[] = [];
  lines.on('line', url => urls.push(url));
  await once(lines, 'line');
  return {
    child,
    urls,
    async leave() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      assert.is(child.exitCode, 0);
    },
  };
}

test('the first start makes the database, the next ones find what was written', async ({ dataDir, home }) => {
  const timings: number[] = [];
  for (let round = 0; round < 3; round++) {
    const started = performance.now();
    const embedded = await open(dataDir);
    timings.push(Math.round(performance.now() - started));
    await withConnection(embedded.url, async sql => {
      if (round === 0) await sql`create table kept (id int)`;
      await sql`insert into kept values (${round})`;
      assert.is((await sql`select from kept`).count, round + 1);
      assert.equal(
        [
          ...(await sql`select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider
        from pg_database where datname = current_database()`),
        ],
        [{ encoding: 'UTF8', provider: 'b' }],
      );
    });
    const { pid } = await running(home);
    await embedded[Symbol.asyncDispose]();
    assert.not.ok(isAlive(pid), 'the last one out stops the server');
    assert.is(await findPostmaster(home), undefined);
  }
  console.log(`# starts took ${timings.join(', ')} ms`);
  assert.is((await stat(home.dir)).mode & 0o777, 0o700);
  assert.is((await stat(path.join(home.dir, 'password'))).mode & 0o777, 0o600);
});

test('it keeps every acknowledged write unless a test says otherwise', async ({ dataDir }) => {
  await using embedded = await openEmbedded(dataDir);
  await withConnection(embedded.url, async sql => {
    for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      assert.is((await sql`select current_setting(${name}) as on`)[0]?.on, 'on', name);
    }
  });
});

test('processes that share a folder share the server; only the last one out stops it', async context => {
  const { dataDir, home } = context;
  const first = await opener(context, dataDir);
  const here = await open(dataDir);
  assert.equal(first.urls, [here.url]);
  const { pid } = await running(home);
  await first.leave();
  await withConnection(here.url, sql => sql`select 1`);
  const second = await opener(context, dataDir);
  await here[Symbol.asyncDispose]();
  assert.is((await running(home)).pid, pid);
  await withConnection(here.url, sql => sql`select 1`);
  await second.leave();
  assert.not.ok(isAlive(pid));
});

test('processes that start together on an empty folder agree on one database', async context => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'first-court-embedded-'));
  await chmod(folder, 0o755);
  use(context, path.join(folder, 'not/there/yet'));
  const openers = await Promise.all([1, 2, 3, 4].map(() => opener(context, context.dataDir)));
  assert.is(new Set(openers.flatMap(({ urls }) => urls)).size, 1);
  await Promise.all(openers.map(({ leave }) => leave()));
  assert.is(await findPostmaster(context.home), undefined);
  assert.equal(spawnSync('ls', [context.dataDir], { encoding: 'utf8' }).stdout, 'postgres\n');
  await rm(folder, { recursive: true });
});

test('coming and going at the same moment never leaves anyone without a server', async context => {
  const openers = await Promise.all([1, 2, 3].map(() => opener(context, context.dataDir, 4)));
  await Promise.all(openers.map(({ leave }) => leave()));
  for (const { urls } of openers) assert.is(urls.length, 4);
  assert.is(await findPostmaster(context.home), undefined);
});

test('a process killed with -9 leaves its server to the next one, with all data', async context => {
  const { dataDir, home } = context;
  const killed = await opener(context, dataDir);
  const { pid } = await running(home);
  killed.child.kill('SIGKILL');
  await once(killed.child, 'exit');
  assert.ok(isAlive(pid));
  const next = await open(dataDir);
  assert.is((await running(home)).pid, pid);
  await withConnection(next.url, async sql => assert.is((await sql`select from kept`).count, 3));
  await next[Symbol.asyncDispose]();
  assert.not.ok(isAlive(pid));
});

test('Ctrl-C in a terminal ends the group of its processes, but not the server', async context => {
  const { child } = await opener(context, context.dataDir);
  const { pid } = await running(context.home);
  process.kill(-(child.pid as number), 'SIGINT');
  await once(child, 'exit');
  await using embedded = await open(context.dataDir);
  await withConnection(embedded.url, sql => sql`select 1`);
  assert.is((await running(context.home)).pid, pid);
});

test('a lock file of a dead process, of another program with that number, or an empty one, is in nobody’s way', async ({
  dataDir,
  home,
  children,
}) => {
  const lock = path.join(home.dir, 'data/postmaster.pid');
  const { uid, gid } = await stat(path.join(home.dir, 'data'));
  const other = spawn('sleep', ['600'], process.getuid?.() === 0 ? { uid, gid } : {});
  children.push(other);
  const dead = spawnSync('true').pid;
  for (const pid of [dead, other.pid, process.pid, '']) {
    await writeFile(
      lock,
      `${pid}\n${home.dir}/data\n1700000000\n5432\n\n127.0.0.1\n  1234567   1\nready   \n`,
      { mode: 0o600 },
    );
    if (!pid) await writeFile(lock, '');
    await utimes(lock, 0, 0);
    if (process.getuid?.() === 0) await chown(lock, uid, gid);
    const embedded = await open(dataDir);
    assert.is.not((await running(home)).pid, pid);
    await embedded[Symbol.asyncDispose]();
  }
  assert.ok(isAlive(other.pid as number));
});

test('a server that dies while we are in is started again on the same port', async ({ dataDir, home }) => {
  const notices: string[] = [];
  await using embedded = await open(dataDir, line => notices.push(line));
  const { pid, port } = await running(home);
  process.kill(pid, 'SIGKILL');
  await until(async () => notices.includes('The embedded PostgreSQL is back.'));
  const again = await running(home);
  assert.is.not(again.pid, pid);
  assert.is(again.port, port);
  await withConnection(embedded.url, async sql => assert.is((await sql`select from kept`).count, 3));
});

test('when it cannot start, the error says why and where the log is', async ({ dataDir, home }) => {
  const file = path.join(home.dir, 'data/PG_VERSION');
  const version = await readFile(file, 'utf8');
  await writeFile(file, '9.6\n');
  try {
    await open(dataDir);
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).name, 'EmbeddedError');
    assert.match(
      (error as Error).message,
      /Its log .*postgres\/log ends with:\n(.*\n)*.*initialized by PostgreSQL version 9\.6/,
    );
  }
  await writeFile(file, version);
});

test('a password file that was changed is named at once', async ({ dataDir, home }) => {
  const file = path.join(home.dir, 'password');
  const password = await readFile(file, 'utf8');
  await writeFile(file, 'wrong\n');
  try {
    await open(dataDir);
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /does not take the password in .*postgres\/password/);
  }
  await writeFile(file, password);
});

if (process.getuid?.() === 0) {
  test('root may keep the data in a folder that nobody else can enter', async context => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'first-court-closed-'));
    use(context, path.join(folder, 'data'));
    await mkdir(context.dataDir, { mode: 0o700 });
    const embedded = await open(context.dataDir);
    await withConnection(embedded.url, sql => sql`select 1`);
    const { pid } = await running(context.home);
    assert.is.not((await stat(`/proc/${pid}`)).uid, 0);
    await embedded[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
}

test.run();
