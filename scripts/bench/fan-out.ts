// `npm run bench:fan-out`: one busy room. A hub in a process of its own, many sockets in another, and how fast and how late messages arrive.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { signToken } from '../../clients/cli/signing.ts';
import type { Reply } from '../../shared/protocol/errors.ts';
import type { Push } from '../../shared/protocol/pushes.ts';
import { freePort, startHub } from '../hub-process.ts';
import { readOptions } from '../lib/options.ts';

const { values } = readOptions(
  'bench:fan-out',
  'Many sockets in one room: how many messages a second reach how many people, and how late.',
  {
    sockets: { type: 'string', default: '1000', says: 'people in the room' },
    rate: { type: 'string', default: '400', says: 'messages a second' },
    seconds: { type: 'string', default: '10', says: 'for so long' },
    json: { type: 'boolean', default: false, says: 'one JSON object instead of lines' },
  },
);
const sockets = Number(values.sockets);
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const SECRET = 'a secret of the benchmark, 32 bytes or more';
const TEXT = 'x'.repeat(120);
const ROOM = 'bench';

async function connect(url: string, user: string): Promise<Socket> {
  const token = await signToken(SECRET, { user, role: 'member', seconds: 3600 });
  const socket = io(url, { auth: { token, protocol: 1 }, transports: ['websocket'], forceNew: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

async function call(socket: Socket, name: string, input: object): Promise<unknown> {
  const reply: Reply<unknown> = await socket.emitWithAck(name, input);
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
  return reply.data;
}

const percentile = (sorted: number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const ascending = (numbers: number[]) => numbers.sort((a, b) => a - b);

const dataDir = await mkdtemp(path.join(tmpdir(), 'first-court-bench-'));
const hub = await startHub({
  PORT: await freePort(),
  DATA_DIR: dataDir,
  JWT_SECRET: SECRET,
  RATE_LIMITS: 'off',
  LOAD_SHEDDING: 'off',
  LOG_LEVEL: 'warn',
  MAX_CONNECTIONS_PER_ADDRESS: '100000',
  MAX_CONNECTIONS_PER_USER: '100000',
});
try {
  const people: Socket[] = [];
  for (let i = 0; i < sockets; i += 50) {
    const some = Array.from({ length: Math.min(50, sockets - i) }, (_, k) =>
      connect(hub.url, `user-${i + k}`),
    );
    people.push(...(await Promise.all(some)));
  }
  const sender = people[0] as Socket;
  await call(sender, 'room:create', { id: ROOM, title: 'Bench', kind: 'public' });
  for (let i = 0; i < people.length; i += 50) {
    await Promise.all(people.slice(i, i + 50).map(socket => call(socket, 'room:join', { room: ROOM })));
  }

  const sentAt = new Map<string, number>();
  const acks: number[] = [];
  const arrivals: number[] = [];
  let delivered = 0;
  let frames = 0;
  let holes = 0;
  for (const socket of people) {
    let last = 0;
    socket.on('events', ({ events }: Push<'events'>) => {
      frames++;
      const now = performance.now();
      for (const event of events) {
        if (last && event.seq !== last + 1) holes++;
        last = event.seq;
        if (event.type !== 'message.created') continue;
        delivered++;
        // Every tenth, so that measuring does not become the load.
        if (delivered % 10 === 0) arrivals.push(now - (sentAt.get(event.id) as number));
      }
    });
  }

  const began = performance.now();
  const total = rate * seconds;
  const pending: Promise<void>[] = [];
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate));
    for (; sent < due; sent++) {
      const id = crypto.randomUUID();
      const from = people[sent % people.length] as Socket;
      const at = performance.now();
      sentAt.set(id, at);
      pending.push(
        call(from, 'message:send', { room: ROOM, id, text: TEXT }).then(
          () => void acks.push(performance.now() - at),
        ),
      );
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  await Promise.all(pending);
  const deadline = performance.now() + 60_000;
  while (delivered < total * sockets && performance.now() < deadline)
    await new Promise(resolve => setTimeout(resolve, 20));
  const took = (performance.now() - began) / 1000;
  ascending(acks);
  ascending(arrivals);
  const result = {
    sockets,
    rate,
    seconds: Number(took.toFixed(2)),
    sent: total,
    delivered,
    deliveriesPerSecond: Math.round(delivered / took),
    holes,
    eventsPerFrame: Number((delivered / frames).toFixed(1)),
    ackMs: { p50: Math.round(percentile(acks, 0.5)), p99: Math.round(percentile(acks, 0.99)) },
    deliveryMs: { p50: Math.round(percentile(arrivals, 0.5)), p99: Math.round(percentile(arrivals, 0.99)) },
  };
  if (values.json) console.log(JSON.stringify(result));
  else
    console.table({
      ...result,
      ackMs: `p50 ${result.ackMs.p50}, p99 ${result.ackMs.p99}`,
      deliveryMs: `p50 ${result.deliveryMs.p50}, p99 ${result.deliveryMs.p99}`,
    });
  for (const socket of people) socket.close();
} finally {
  await hub.end('SIGINT');
  await rm(dataDir, { recursive: true, force: true });
}
