// A hub to play the scene on: one that runs already, or one of our own in a folder that goes with it.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export interface StageHub extends AsyncDisposable {
  readonly url: string;
  /** Runs `court`, as the operator of this hub. */
  court(...args: string[]): Promise<unknown>;
}

const run = promisify(execFile);

export async function openHub(root: string, url?: string): Promise<StageHub> {
  const court =
    (env: NodeJS.ProcessEnv) =>
    (...args: string[]) =>
      run(process.execPath, [path.join(root, 'clients/cli/main.ts'), ...args], { env });
  if (url) return { url, court: court(process.env), [Symbol.asyncDispose]: async () => {} };

  const data = await mkdtemp(path.join(tmpdir(), 'first-court-scene-'));
  const env = { ...process.env, DATA_DIR: data, PORT: '0', RATE_LIMITS: 'off', LOAD_SHEDDING: 'off' };
  const hub = spawn(process.execPath, [path.join(root, 'server/main.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return {
    url: await whereItListens(hub),
    court: court(env),
    async [Symbol.asyncDispose]() {
      hub.kill('SIGTERM');
      await once(hub, 'exit');
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function whereItListens(hub: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: hub.stdout! })) {
    const url = /in session at (\S+)/.exec(line)?.[1];
    if (url) {
      hub.stdout!.resume();
      return url;
    }
  }
  throw new Error('The hub did not start.');
}
