// A hub as a process of its own, as `npm start` runs it: for benchmarks and for tests that kill it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface HubProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from the spawn to the first 200 of /readyz. */
  readonly startedIn: number;
  /** What it wrote so far, stdout and stderr. */
  output(): string;
  /** Sends the signal and waits for the end. Returns the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

const ROOT = path.join(import.meta.dirname, '..');
const COMMANDS = {
  /** The hub alone. */
  node: [process.execPath, path.join(ROOT, 'server/main.ts')],
  /** All that a person waits for: npm itself, and the checks before the start. */
  npm: ['npm', 'start'],
} as const;
const PATIENCE = 60_000;
/** Between two looks at /readyz: also how exact `startedIn` is. */
const LOOK = 5;

/**
 * Starts it on 127.0.0.1 and waits until it can serve. Disposing ends it with SIGTERM.
 * @param env settings on top of this process's own environment; PORT is needed
 * @throws Error with the hub's own words when it ends before it is ready
 */
export async function startHub(
  env: Record<string, string> & { PORT: string },
  via: keyof typeof COMMANDS = 'node',
): Promise<HubProcess> {
  const began = performance.now();
  const [program, ...args] = COMMANDS[via];
  const child = spawn(program, args, {
    cwd: ROOT,
    // A group of its own, so that a signal reaches npm's children too, as Ctrl-C at a terminal does.
    detached: via === 'npm',
    env: { ...process.env, HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => written.push(text));
  }
  const url = `http://127.0.0.1:${env.PORT}`;
  try {
    await ready(url, child, began + PATIENCE);
  } catch (error) {
    send(child, 'SIGKILL', via);
    throw new Error(`${(error as Error).message} ${written.join('').trim()}`);
  }
  const startedIn = performance.now() - began;

  async function end(name: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    if (!ended(child)) {
      // Not "exit": npm may leave before the hub, which holds the pipes, has closed its database.
      const closed = once(child, 'close');
      send(child, name, via);
      await closed;
    }
    return child.exitCode ?? child.signalCode ?? 0;
  }

  return {
    url,
    pid: child.pid ?? 0,
    startedIn,
    output: () => written.join(''),
    end,
    async [Symbol.asyncDispose]() {
      await end('SIGTERM');
    },
  };
}

function send(child: ChildProcess, name: NodeJS.Signals, via: keyof typeof COMMANDS): void {
  if (via === 'node' || child.pid === undefined) {
    child.kill(name);
    return;
  }
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const ended = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function ready(url: string, child: ChildProcess, until: number): Promise<void> {
  while (performance.now() < until) {
    if (ended(child)) throw new Error(`The hub ended with ${child.exitCode ?? child.signalCode}.`);
    const status = await fetch(`${url}/readyz`).then(
      async answer => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => 0,
    );
    if (status === 200) return;
    await delay(LOOK);
  }
  throw new Error(`The hub did not become ready within ${PATIENCE / 1000} s.`);
}

/** Below the ports that the system gives to outgoing connections: one of those could be taken between this look and its use. */
const PORTS = { first: 15_000, last: 32_000 };

/** A port that was free a moment ago, for a server that must come back at the same place. */
export async function freePort(): Promise<string> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * (PORTS.last - PORTS.first));
    const server = createServer();
    const free = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return String(port);
  }
}
