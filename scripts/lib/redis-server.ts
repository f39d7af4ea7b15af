// Real redis-servers on free ports of loopback, alone or as a cluster. They keep nothing, and end with this process, however it ends.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../hub-process.ts';
import { findRedis } from './programs.mjs';

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  /** Without user and password. */
  readonly url: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port, ends it before if it runs. */
  restart(): Promise<void>;
  /** One command on a connection of its own, as the user that needs no password. @throws Error what Redis answers */
  command(...words: [string, ...string[]]): Promise<unknown>;
}

export interface RedisCluster extends AsyncDisposable {
  /** Names every master. */
  readonly url: string;
  readonly masters: readonly RedisServer[];
  /** Resolves when every running master says that the cluster is so. */
  becomes(state: 'ok' | 'fail'): Promise<void>;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

const SLOTS = 16_384;
/** Ports that others took between our look and Redis's. */
const TRIES = 5;
/**
 * The server takes the shell's place, and so its pid; what stays beside it waits for the end of our pipe, which comes with our own end,
 * even by SIGKILL. The same holds for what removes a cluster's folder.
 */
const BOUND_TO_US = 'exec 3<&0; { cat <&3; kill -9 $$; } >/dev/null 2>&1 & exec "$@" 3<&- </dev/null 2>&1';
const GONE_WITH_US = 'cat >/dev/null; rm -rf "$1" || { sleep 0.2; rm -rf "$1"; }';

/** Settings by which a server is without sharded channels, as managed ones are that forbid them. */
export const NO_SHARDED: readonly string[] = ['SPUBLISH', 'SSUBSCRIBE', 'SUNSUBSCRIBE'].flatMap(name => [
  ...['--rename-command', name, ''],
]);

/** @param args more of redis-server's settings, as on its command line */
export async function openRedisServer(...args: string[]): Promise<RedisServer> {
  return openServer(async port => ['--port', port, ...args]);
}

/**
 * Masters that share the slots evenly, without replicas.
 * @param args as for one server
 */
export async function openRedisCluster(masters = 3, ...args: string[]): Promise<RedisCluster> {
  await using parts = new AsyncDisposableStack();
  // A node of a cluster insists on a file that says who it is. Where the system has a folder in memory, it stays off the disk.
  const memory = existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
  const folder = await mkdtemp(path.join(memory, 'first-court-redis-'));
  const remover = spawn('/bin/sh', ['-c', GONE_WITH_US, 'sh', folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  parts.defer(async () => {
    const gone = once(remover, 'exit');
    remover.stdin.end();
    await gone;
  });
  const servers: RedisServer[] = [];
  const buses: string[] = [];
  for (let n = 0; n < masters; n++) {
    const settings = async (port: string) => {
      buses[n] = await freePort();
      return [
        ...['--port', port, '--dir', folder, '--cluster-enabled', 'yes', '--cluster-port', buses[n] ?? ''],
        ...['--cluster-config-file', `nodes-${n}.conf`, '--cluster-node-timeout', '1000', ...args],
      ];
    };
    servers.push(parts.use(await openServer(settings)));
  }
  const share = Math.ceil(SLOTS / masters);
  for (const [n, server] of servers.entries()) {
    const last = Math.min((n + 1) * share, SLOTS) - 1;
    await server.command('CLUSTER', 'ADDSLOTSRANGE', `${n * share}`, `${last}`);
    if (n > 0) await server.command('CLUSTER', 'MEET', '127.0.0.1', `${servers[0]?.port}`, `${buses[0]}`);
  }
  const becomes = async (state: 'ok' | 'fail') => {
    const asked = async () =>
      Promise.all(servers.map(server => server.command('CLUSTER', 'INFO').catch(() => undefined)));
    for (;;) {
      const told = (await asked()).filter(info => info !== undefined).map(String);
      const known = state === 'fail' || told.every(info => info.includes(`cluster_known_nodes:${masters}`));
      if (known && told.every(info => info.includes(`cluster_state:${state}`))) return;
      await delay(20);
    }
  };
  await becomes('ok');
  const open = parts.move();
  return {
    url: `redis://${servers.map(server => `127.0.0.1:${server.port}`).join(',')}`,
    masters: servers,
    becomes,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function openServer(settings: (port: string) => Promise<string[]>): Promise<RedisServer> {
  let port = '';
  let args: string[] = [];
  let child: Child | undefined;
  for (let tried = 1; !child; tried++) {
    port = await freePort();
    args = await settings(port);
    child = await startServer(args).catch((error: Error) => {
      if (tried === TRIES || !error.message.includes('bind')) throw error;
      return undefined;
    });
  }
  const kill = async () => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill('SIGKILL');
    await gone;
  };
  return {
    port: Number(port),
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill();
      child = await startServer(args);
    },
    command: (...words) => command(Number(port), words),
    [Symbol.asyncDispose]: kill,
  };
}

/** Resolves when it takes connections. @throws Error with its own words when it ends before */
async function startServer(args: readonly string[]): Promise<Child> {
  const program = findRedis();
  if (!program) throw new Error('There is no redis-server on this machine.');
  const plain = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child: Child = spawn('/bin/sh', ['-c', BOUND_TO_US, 'sh', program, ...plain, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // It is never written to; its end is all that matters.
  child.stdin.on('error', () => {});
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`redis-server ended with ${code}: ${said.trim()}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('eady to accept connections')) resolve();
    });
  });
  return child;
}

async function command(port: number, words: [string, ...string[]]): Promise<unknown> {
  const [name, ...rest] = words;
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  let broken: Error | undefined;
  client.on('error', error => {
    broken = error;
  });
  try {
    await client.connect();
    return await client.call(name, ...rest);
  } catch (error) {
    throw broken ?? error;
  } finally {
    client.disconnect();
  }
}
