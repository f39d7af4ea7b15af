// A real redis-server for a test: on a free port of loopback, with nothing kept.
import { type ChildProcess, spawn } from 'node:child_process';
import { Redis } from 'ioredis';
import { freePort } from '../../scripts/hub-process.ts';

export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
}

export async function openTestRedis(...args: string[]): Promise<TestRedis> {
  const port = Number(await freePort());
  let running: ChildProcess | undefined;

  const startUp = async () => {
    const child = spawn(
      'redis-server',
      ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...args],
      { stdio: 'ignore' },
    );
    running = child;
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', code => reject(new Error(`redis-server ended with ${code}`)));
    });
    await Promise.race([answers(port), failed]);
    failed.catch(() => {});
  };
  const kill = async () => {
    const child = running;
    running = undefined;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };

  await startUp();
  return { url: `redis://127.0.0.1:${port}`, port, kill, restart: startUp, [Symbol.asyncDispose]: kill };
}

/** Any answer will do: one that asks for a password runs, too. */
async function answers(port: number): Promise<void> {
  for (;;) {
    const client = new Redis({
      port,
      host: '127.0.0.1',
      lazyConnect: true,
      retryStrategy: () => null,
      enableReadyCheck: false,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return;
    } catch {
      await new Promise(resolve => setImmediate(resolve));
    } finally {
      client.disconnect();
    }
  }
}
