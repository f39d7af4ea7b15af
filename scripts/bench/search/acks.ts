// What indexing costs those who send: the same sends with and without it, in turns, so that what else the machine does befalls both.
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { signToken } from '../../../clients/cli/signing.ts';
import type { Running } from '../../../server/start.ts';
import type { Db } from '../../../server/store/db.ts';

const SENDERS = 20;
/** Sends a second in all. */
const RATE = 160;
const ROUNDS = 2;
/** The lease under which a hub indexes (hub/hub.ts). */
const LEASE = 'search index';

export interface Acks {
  readonly off: { p50: number; p99: number };
  readonly on: { p50: number; p99: number };
  readonly sent: number;
}

export async function measureAcks(deps: {
  start(): Promise<Running>;
  db: Db;
  lines: readonly string[];
  secret: string;
  seconds: number;
}): Promise<Acks> {
  const { db } = deps;
  const times = { off: [] as number[], on: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const mode of ['off', 'on'] as const) {
      if (mode === 'off')
        await db.call('take_lease', { name: LEASE, node: 'nobody', seconds: deps.seconds + 60 });
      {
        await using running = await deps.start();
        times[mode].push(...(await send(running.url, deps)));
      }
      if (mode === 'off') await db.call('end_lease', { name: LEASE, node: 'nobody' });
    }
  }
  const sum = (list: number[]) => {
    list.sort((a, b) => a - b);
    const at = (share: number) => Math.round((list[Math.floor(list.length * share)] ?? 0) * 10) / 10;
    return { p50: at(0.5), p99: at(0.99) };
  };
  return { off: sum(times.off), on: sum(times.on), sent: Math.min(times.off.length, times.on.length) };
}

async function send(
  url: string,
  { lines, secret, seconds }: { lines: readonly string[]; secret: string; seconds: number },
) {
  const sockets = await Promise.all(Array.from({ length: SENDERS }, (_, n) => connect(url, secret, n)));
  const times: number[] = [];
  const waiting: Promise<void>[] = [];
  const one = async (n: number) => {
    const began = performance.now();
    const text = lines[n % lines.length] as string;
    await (sockets[n % SENDERS] as Socket).emitWithAck('message:send', {
      room: `acks-${n % SENDERS}`,
      id: crypto.randomUUID(),
      text,
    });
    times.push(performance.now() - began);
  };
  const began = performance.now();
  for (let n = 0; n < seconds * RATE; n++) {
    await delay(Math.max(0, began + (n * 1000) / RATE - performance.now()));
    waiting.push(one(n));
  }
  await Promise.all(waiting);
  for (const socket of sockets) socket.close();
  // The first ones warm up.
  return times.slice(RATE);
}

async function connect(url: string, secret: string, n: number): Promise<Socket> {
  const token = await signToken(secret, { user: `sender-${n}`, role: 'member', seconds: 3600 });
  const socket = io(url, { auth: { token, protocol: 1 }, transports: ['websocket'], forceNew: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  await socket.emitWithAck('room:create', { id: `acks-${n}`, title: 'Acks', kind: 'public' });
  await socket.emitWithAck('room:join', { room: `acks-${n}` });
  return socket;
}
