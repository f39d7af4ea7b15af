// A hub for one row: a real process on data of its own, which is gone when the row is done.
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signToken } from '../../../clients/cli/signing.ts';
import type { PlatformRole } from '../../../shared/protocol/models.ts';
import { freePort, type HubProcess, startHub } from '../../hub-process.ts';
import { onBreakOff } from './broken-off.ts';

const SECRET = 'a secret of the benchmark, 32 bytes or more';
const MB = 1024 * 1024;

export interface Person {
  readonly user: string;
  readonly token: string;
  /** The loopback address to come from. */
  readonly from?: string | undefined;
}

/** @param env settings on top of the benchmark's own, by their names */
export async function openHub(env: Record<string, string> = {}): Promise<HubProcess> {
  await using parts = new AsyncDisposableStack();
  let end = () => {};
  let broken = false;
  parts.use(
    onBreakOff(() => {
      broken = true;
      end();
    }),
  );
  const dataDir = env.DATA_DIR ?? parts.use(await openFolder()).path;
  const hub = parts.use(
    await startHub({
      PORT: await freePort(),
      DATA_DIR: dataDir,
      // Never those of whoever runs the benchmark.
      ...{ DATABASE_URL: '', SUPABASE_URL: '', SUPABASE_KEY: '', REDIS_URL: '' },
      JWT_SECRET: SECRET,
      LOG_LEVEL: 'warn',
      ...env,
    }),
  );
  end = () => void hub.end('SIGTERM');
  if (broken) throw new Error('The run was broken off.');
  const open = parts.move();
  return { ...hub, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** A folder of this run's own. */
export async function openFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'first-court-overload-'));
  // PostgreSQL does not run as root, so its own user must be able to come in here.
  await chmod(folder, 0o755);
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Settings of a hub whose limits are not what is measured. */
export const unlimited = {
  RATE_LIMITS: 'off',
  MAX_CONNECTIONS_PER_USER: '100000',
  MAX_CONNECTIONS_PER_ADDRESS: '100000',
};

export async function person(user: string, from?: string, role: PlatformRole = 'member'): Promise<Person> {
  return { user, from, token: await signToken(SECRET, { user, role, seconds: 3600 }) };
}

export const people = (count: number, name: string, from?: string, role?: PlatformRole): Promise<Person[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => person(`${name}-${i}`, from, role)));

/** What a process holds in memory now, in MB. */
export function memory(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kilobytes) * 1024) / MB;
}

/** The most that a process held since, in MB more than at the call. */
export function watchMemory(pid: number): Disposable & { readonly grown: number } {
  const before = memory(pid);
  let most = before;
  const look = () => {
    most = Math.max(most, memory(pid));
  };
  const timer = setInterval(look, 50);
  return {
    get grown() {
      look();
      return most - before;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
