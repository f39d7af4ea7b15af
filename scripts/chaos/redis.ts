// A redis-server of the run's own, and what is done to it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../hub-process.ts';

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  /** Kills it, and starts it again after so long. */
  restart(after: number): Promise<void>;
  /** One command as it is typed. @throws Error what Redis answers */
  command(line: string): Promise<string>;
}

/** Undefined where there is no redis-server. */
export async function openRedis(): Promise<RedisServer | undefined> {
  const port = Number(await freePort());
  const start = async (): Promise<ChildProcess | undefined> => {
    const child = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp'],
      {
        stdio: 'ignore',
      },
    );
    const failed = await Promise.race([
      once(child, 'error').then(() => true),
      once(child, 'spawn').then(() => false),
    ]);
    if (failed) return undefined;
    for (let look = 0; look < 200; look++) {
      if (
        await ask(port, 'PING').then(
          answer => answer.startsWith('+PONG'),
          () => false,
        )
      )
        return child;
      await delay(25);
    }
    child.kill('SIGKILL');
    throw new Error('redis-server did not answer within 5 s.');
  };
  let server = await start();
  if (!server) return undefined;
  const kill = async () => {
    const ended = once(server as ChildProcess, 'exit');
    server?.kill('SIGKILL');
    await ended;
  };
  return {
    port,
    async restart(after) {
      await kill();
      await delay(after);
      server = await start();
    },
    command: line => ask(port, line),
    [Symbol.asyncDispose]: kill,
  };
}

async function ask(port: number, line: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(5000, () => socket.destroy(new Error(`Redis did not answer ${line}.`)));
  try {
    socket.write(`${line}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    if (answer.toString().startsWith('-')) throw new Error(answer.toString().trim());
    return answer.toString().trim();
  } finally {
    socket.destroy();
  }
}
