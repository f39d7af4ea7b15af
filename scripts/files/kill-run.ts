// One large upload, killed again and again: the client, the node it speaks to, the storage behind it. At the end it is there bit for bit, or not.
import { spawn } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { signToken } from '../../clients/cli/signing.ts';
import type { Reply } from '../../shared/protocol/errors.ts';
import { freePort, type HubProcess, startHub } from '../hub-process.ts';
import type { Storage } from './storage.ts';

const SECRET = 'a secret of this run, thirty-two bytes or more';
const ROOM = 'killed';
const BLOCK = 1024 * 1024;

export interface KillReport {
  /** Bytes. */
  readonly size: number;
  /** What was killed, in order. */
  readonly kills: readonly Kill[];
  readonly sent: string;
  readonly received: string;
  readonly seconds: number;
  /** What the hubs wrote, for somebody who asks why. */
  readonly output: string;
}

export type Kill = 'client' | 'node' | 'both nodes' | 'storage';

export interface KillOptions {
  /** At even places of the file. */
  readonly kills: readonly Kill[];
  readonly size: number;
  readonly storage: Storage;
  /** Undefined: the hubs start one. */
  readonly databaseUrl?: string | undefined;
  tell?(line: string): void;
}

export async function killRun({
  kills,
  size,
  storage,
  databaseUrl,
  tell = () => {},
}: KillOptions): Promise<KillReport> {
  await using parts = new AsyncDisposableStack();
  const began = performance.now();
  const folder = await mkdtemp(path.join(tmpdir(), 'first-court-kill-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  // PostgreSQL does not run as root, so its own user must be able to come in here.
  await chmod(folder, 0o755);
  const file = path.join(folder, 'large.bin');
  const sent = await randomFile(file, size);

  const env = (port: string) => ({
    PORT: port,
    DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: databaseUrl ?? '',
    JWT_SECRET: SECRET,
    ENCRYPTION_KEY: '0'.repeat(64),
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'warn',
    FILE_BYTES: String(size),
    ...storage.env,
  });
  const ports = [await freePort(), await freePort()];
  const hubs: HubProcess[] = [];
  for (const [i, port] of ports.entries()) hubs[i] = await startHub(env(port));
  parts.defer(() => Promise.all(hubs.map(hub => hub.end('SIGTERM'))).then(() => {}));
  const nodes = hubs.map(({ url }) => url);
  const token = await signToken(SECRET, { user: 'ada', role: 'member', seconds: 7200 });
  await makeRoom(nodes[0] as string, token);

  const gates = kills.map((_, i) => Math.floor((size * (i + 1)) / (kills.length + 1)));
  let left = [...gates];
  let first = 0;
  const startUploader = () => {
    const order = [...nodes.slice(first), ...nodes.slice(0, first)];
    const args = {
      nodes: order.join(),
      token,
      room: ROOM,
      file,
      state: path.join(folder, 'state'),
      gates: left.join(),
    };
    const child = spawn(
      process.execPath,
      [
        path.join(import.meta.dirname, 'uploader.ts'),
        ...Object.entries(args).flatMap(([name, value]) => [`--${name}`, value]),
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  };
  /** Ends the node that the client speaks to, and starts it again. */
  const killNode = async (i: number) => {
    await hubs[i]?.end('SIGKILL');
    hubs[i] = await startHub(env(ports[i] as string));
  };

  let client = startUploader();
  parts.defer(() => void client.child.kill('SIGKILL'));
  let done: string | undefined;
  let speaksTo = 0;
  while (done === undefined) {
    const { value: line, done: over } = await client.lines.next();
    if (over) throw new Error(`The client ended early. ${hubs.map(hub => hub.output()).join('\n')}`);
    tell(line);
    const [word, rest = ''] = line.split(' ');
    if (word === 'done') done = rest;
    if (word === 'failed') speaksTo = 1 - speaksTo;
    if (word !== 'gate') continue;
    const what = kills[gates.indexOf(Number(rest))];
    left = left.slice(1);
    tell(`now ends: ${what}`);
    if (what === 'client') {
      client.child.kill('SIGKILL');
      await once(client.child, 'close');
      first = speaksTo;
      client = startUploader();
    } else if (what === 'node') {
      await killNode(speaksTo);
    } else if (what === 'both nodes') {
      await Promise.all([killNode(0), killNode(1)]);
    } else {
      const mend = storage.kill?.();
      client.child.stdin.write('go\n');
      await delay(2000);
      mend?.();
    }
  }
  const received = await digestOf(`${nodes[0]}${done}`, token);
  const output = hubs.map(hub => hub.output()).join('\n');
  return { size, kills, sent, received, seconds: Math.round(performance.now() - began) / 1000, output };
}

async function randomFile(file: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  const to = createWriteStream(file);
  for (let left = size; left > 0; left -= BLOCK) {
    const block = randomFillSync(Buffer.alloc(Math.min(left, BLOCK)));
    hash.update(block);
    if (!to.write(block)) await once(to, 'drain');
  }
  to.end();
  await once(to, 'close');
  return hash.digest('hex');
}

async function digestOf(url: string, token: string): Promise<string> {
  const hash = createHash('sha256');
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  if (answer.status !== 200 || !answer.body) throw new Error(`GET answered ${answer.status}`);
  for await (const chunk of answer.body) hash.update(chunk);
  return hash.digest('hex');
}

async function makeRoom(url: string, token: string): Promise<void> {
  const socket = io(url, { auth: { token, protocol: 1 }, transports: ['websocket'], forceNew: true });
  try {
    await once(socket as unknown as NodeJS.EventEmitter, 'connect');
    const input = { id: ROOM, title: 'Killed', kind: 'private' };
    const reply: Reply<unknown> = await socket.timeout(10_000).emitWithAck('room:create', input);
    if (!reply.ok) throw new Error(reply.error.message);
  } finally {
    socket.close();
  }
}
