// What indexing costs those who send: the same sends with and without it, in turns, so that what else the machine does befalls both.
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { signToken } from '../../../clients/cli/signing.ts';
import type { Running } from '../../../server/start.ts';
import type { Db } from '../../../server/store/db.ts';
import { acksOf, type Compared, takeTurns } from './paired.ts';

const SENDERS = 20;
/** Sends a second in all. */
const RATE = 160;
/** The lease under which a hub indexes (hub/hub.ts). */
const LEASE = 'search index';

/** @param deps.seconds of sending in each half of each of the `rounds` */
export async function measureAcks(deps: {
  start(): Promise<Running>;
  db: Db;
  /** Resolves when the index has taken in everything. */
  settled(): Promise<unknown>;
  lines: readonly string[];
  secret: string;
  seconds: number;
  rounds: number;
}): Promise<Compared & { readonly sent: number }> {
  const { db } = deps;
  let sent = 0;
  const compared = await takeTurns(deps.rounds, async mode => {
    if (mode === 'off')
      await db.call('take_lease', { name: LEASE, node: 'nobody', seconds: deps.seconds + 120 });
    try {
      await using running = await deps.start();
      // What was sent while nobody indexed is no part of what indexing costs.
      if (mode === 'on') await deps.settled();
      const times = await send(running.url, deps);
      sent += times.length;
      return acksOf(times);
    } finally {
      if (mode === 'off') await db.call('end_lease', { name: LEASE, node: 'nobody' });
    }
  });
  return { ...compared, sent };
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
