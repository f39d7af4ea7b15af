// The server process of the embedded PostgreSQL: starts, finds and stops it. Knows nothing of who uses it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { chown, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { totalmem } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Home } from './cluster.ts';
import { EmbeddedError, isAlive, programs, readText, statOrNone } from './pg-tools.ts';
import { runAs } from './run-as.ts';

/** A server process as its own lock file, postmaster.pid, describes it. */
export interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

/** For a small machine that does other things too; given on the command line, so an upgrade changes them. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  // What is read is in the system's memory most of the time, and handing it from worker to worker takes longer than to copy it.
  io_method: 'sync',
  max_wal_size: '1GB',
  wal_compression: 'on',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};
/** … and one for tests, which many hubs share. */
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '240' };
/** An eighth of the memory that we may use, from 128 MB to 1 GB: what is read in it need not be copied out of the system's memory each time. */
const buffers = () => {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return `${Math.round(Math.min(1024, Math.max(128, memory / 8 / 2 ** 20)))}MB`;
};

const LOG_LIMIT = 10_000_000;
/** Milliseconds for which a server that has given its memory back is waited for. */
const ENDING = 2000;

/** Another starter was faster, the port was taken, or the last processes of a killed server are still ending. */
const TRY_AGAIN =
  /lock file .* (already exists|is empty)|could not bind|could not create any TCP|pre-existing shared memory block/;

/** The server that runs on this folder now, if one does. */
export async function findPostmaster({ dir }: Home): Promise<Postmaster | undefined> {
  const lines = (await readText(pidFile(dir)))?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!pid || !(await isPostmaster(pid, dir))) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Starts the server and returns when it is ready; undefined when another process was faster, or the port was taken.
 * The server is in a session of its own: Ctrl-C in a terminal does not reach it.
 * @throws EmbeddedError with the end of the server's log
 */
export async function startPostmaster(home: Home): Promise<Postmaster | undefined> {
  const data = path.join(home.dir, 'data');
  const { postgres } = await programs();
  const as = runAs(home.dir, [path.dirname(postgres), data]);
  await removeStaleLock(home);
  const port = await choosePort(home.dir);
  const logFile = path.join(home.dir, 'log');
  const log = openSync(logFile, (await size(logFile)) > LOG_LIMIT ? 'w' : 'a', 0o600);
  const logged = await size(logFile);
  const settings = {
    ...SETTINGS,
    ...(home.durable ? { shared_buffers: buffers() } : FAST),
    port: String(port),
  };
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

/** Fast shutdown, immediate after 15 s (the next start recovers then); returns when the process is gone. */
export async function stopPostmaster(home: Home, { pid }: Postmaster): Promise<void> {
  await signal(pid, 'INT');
  const patience = setTimeout(signal, 15_000, pid, 'QUIT');
  // A process gives its memory back before it is gone. Whoever stays longer is a zombie that nobody takes away, or another program with that number.
  let ending: number | undefined;
  while (isAlive(pid)) {
    if (!(await isPostmaster(pid, home.dir))) ending ??= performance.now();
    if (ending !== undefined && performance.now() - ending > ENDING) break;
    await delay(5);
  }
  clearTimeout(patience);
}

async function signal(pid: number, name: 'INT' | 'QUIT'): Promise<void> {
  if (!isAlive(pid)) return;
  if (process.platform === 'win32') spawnSync((await programs()).pg_ctl, ['kill', name, String(pid)]);
  else process.kill(pid, `SIG${name}`);
}

/**
 * PostgreSQL sees for itself that a pid is dead, but takes any live process of that number for a server, and an empty file (a power cut
 * leaves those) for a server that is starting: such locks we remove. Comparing and removing in one go, since a faster starter may have
 * put its own lock there.
 */
async function removeStaleLock(home: Home): Promise<void> {
  const file = pidFile(home.dir);
  const text = await readText(file);
  if (text === undefined) return;
  const pid = Number(text.split('\n')[0]);
  const stale = text.trim()
    ? isAlive(pid) && !(await isPostmaster(pid, home.dir))
    : (await age(file)) > 10_000;
  if (stale && existsSync(file) && readFileSync(file, 'utf8') === text) rmSync(file);
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

function pidFile(dir: string): string {
  return path.join(dir, 'data', 'postmaster.pid');
}

async function size(file: string): Promise<number> {
  return (await statOrNone(file))?.size ?? 0;
}

/** Milliseconds since it was written. */
async function age(file: string): Promise<number> {
  return Date.now() - ((await statOrNone(file))?.mtimeMs ?? Date.now());
}
