// One place of a hub: always the same port, and behind it a process that is killed, stopped, ended and started again.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { freePort, type HubProcess, startHub } from '../hub-process.ts';
import type { Fate } from '../lib/ack-faults.ts';
import { openProxy, type TcpProxy } from '../lib/tcp-proxy.ts';
import type { HistoryWriter } from './history.ts';

const PRELOAD = pathToFileURL(path.join(import.meta.dirname, 'preload.ts')).href;
const PATIENCE = 60_000;
/** At what is held open, and milliseconds between two of them. */
const LOOKS = 6;
const BETWEEN_LOOKS = 250;
/** A hub ends within 25 s; one that does not is killed, so that the run goes on. */
const LAST_RESORT = 30_000;

export interface Node extends AsyncDisposable {
  readonly name: string;
  /** Clients come in here. */
  readonly clients: TcpProxy;
  readonly database: TcpProxy;
  readonly redis: TcpProxy | undefined;
  /** It runs, and is not stopped. */
  readonly up: boolean;
  /** Frees nothing, says nothing: kill -9. Resolves when the process is gone. */
  kill(): Promise<string>;
  /** Ends as an operator would. Returns the exit code and how long it took. */
  terminate(): Promise<string>;
  start(): Promise<void>;
  /** Stops the process for so long. */
  stop(ms: number): Promise<string>;
  /** Moves its clock by so many milliseconds from the true time. */
  clock(ms: number): Promise<string>;
  handles(at: 'baseline' | 'end'): Promise<void>;
}

export interface NodeOptions {
  readonly name: string;
  readonly env: Record<string, string>;
  readonly databaseUrl: string;
  readonly redisPort: number | undefined;
  readonly history: HistoryWriter;
  /** What becomes of an ack to a client. */
  ackFate(): Fate;
}

export async function openNode({
  name,
  env,
  databaseUrl,
  redisPort,
  history,
  ackFate,
}: NodeOptions): Promise<Node> {
  await using parts = new AsyncDisposableStack();
  const url = new URL(databaseUrl);
  const database = parts.use(await openProxy({ host: '127.0.0.1', port: Number(url.port) }));
  url.port = String(database.port);
  const redis = redisPort ? parts.use(await openProxy({ host: '127.0.0.1', port: redisPort })) : undefined;
  const port = await freePort();
  const control = await freePort();
  const clients = parts.use(await openProxy({ host: '127.0.0.1', port: Number(port) }, ackFate));
  const settings = {
    ...env,
    PORT: port,
    NODE_NAME: name,
    DATABASE_URL: url.href,
    ...(redis && { REDIS_URL: `redis://127.0.0.1:${redis.port}` }),
    CHAOS_PORT: control,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${PRELOAD}`,
  };
  let hub: HubProcess | undefined;
  let still = false;

  /** What the process said that no hub should say. */
  const listen = (process: HubProcess) => {
    for (const line of process.output().split('\n')) {
      if (line.startsWith('CHAOS') || /"level":"(error|fatal)"/.test(line))
        history.write({ kind: 'trouble', node: name, what: line.slice(0, 600) });
    }
  };
  const gone = async (signal: NodeJS.Signals) => {
    const ending = hub;
    if (!ending) throw new Error(`${name} is down already.`);
    hub = undefined;
    const began = performance.now();
    const impatient = setTimeout(() => {
      history.write({
        kind: 'trouble',
        node: name,
        what: `${signal} did not end it within ${LAST_RESORT / 1000} s`,
      });
      process.kill(ending.pid, 'SIGKILL');
    }, LAST_RESORT);
    const how = await ending.end(signal);
    clearTimeout(impatient);
    listen(ending);
    return { how, ms: Math.round(performance.now() - began) };
  };
  const ask = async (query: string) => {
    const answer = await fetch(`http://127.0.0.1:${control}${query}`, { signal: AbortSignal.timeout(3000) });
    return (await answer.json()) as { now: number; names: Record<string, number> };
  };
  const state = (pid: number) => /^\d+ \(.*\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];

  async function start(): Promise<void> {
    const until = performance.now() + PATIENCE;
    for (;;) {
      try {
        hub = await startHub(settings);
        return;
      } catch (error) {
        // A hub that finds no database as it starts says so and ends; whoever runs it starts it again.
        if (performance.now() > until) throw error;
        await delay(500);
      }
    }
  }
  await start();
  const open = parts.move();
  return {
    name,
    clients,
    database,
    redis,
    get up() {
      return hub !== undefined && !still;
    },
    async kill() {
      const { how } = await gone('SIGKILL');
      if (how !== 'SIGKILL') throw new Error(`${name} ended with ${how} before it was killed.`);
      return 'ended by SIGKILL';
    },
    async terminate() {
      const { how, ms } = await gone('SIGTERM');
      if (how !== 0) history.write({ kind: 'trouble', node: name, what: `SIGTERM ended it with ${how}` });
      if (ms > 25_000) history.write({ kind: 'trouble', node: name, what: `it took ${ms} ms to end` });
      return `exit code ${how} after ${ms} ms`;
    },
    start,
    async stop(ms) {
      const { pid } = hub as HubProcess;
      still = true;
      process.kill(pid, 'SIGSTOP');
      try {
        await delay(ms);
        if (state(pid) !== 'T') throw new Error(`${name} was not stopped.`);
      } finally {
        still = false;
        process.kill(pid, 'SIGCONT');
      }
      return `in state T for ${ms} ms`;
    },
    async clock(ms) {
      const off = (await ask(`/clock?ms=${ms}`)).now - Date.now();
      if (Math.abs(off - ms) > 2000) throw new Error(`The clock of ${name} is off by ${off} ms, not ${ms}.`);
      return `off by ${off} ms`;
    },
    async handles(at) {
      // The least of some looks: what is under way at one moment, a call to the database with its timer, is held by nobody.
      let least: { open: number; names: Record<string, number> } | undefined;
      for (let look = 0; look < LOOKS; look++) {
        if (look > 0) await delay(BETWEEN_LOOKS);
        const { names } = await ask('/');
        const open = Object.values(names).reduce((sum, count) => sum + count, 0);
        if (!least || open < least.open) least = { open, names };
      }
      if (least) history.write({ kind: 'handles', node: name, at, ...least });
    },
    async [Symbol.asyncDispose]() {
      if (hub) await gone('SIGTERM');
      await open.disposeAsync();
    },
  };
}
