// A program: some people with one socket each. They come, join rooms, call at a steady rate, stop reading, and tell what came of it.
import type { Socket as TcpSocket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { Refusal, Reply } from '../../../shared/protocol/errors.ts';
import type { Push } from '../../../shared/protocol/pushes.ts';
import { serve } from './helper.ts';
import type { Person } from './hub.ts';
import { newTally, refuse, type Tally } from './samples.ts';

export type Crowd = typeof deeds;

interface Wish {
  readonly call: string;
  readonly input?: object;
  readonly perSecond: number;
  readonly seconds: number;
}

/** How long an answer is waited for. */
const PATIENCE = 30_000;
const sockets: Socket[] = [];
/** Those that do not read just now. */
let stalled: TcpSocket[] = [];
const heard = { resync: 0, ends: {} as Record<string, number>, events: 0 };

function listen(socket: Socket): void {
  socket.on('resync', () => void heard.resync++);
  socket.on('session:end', ({ code }: Push<'session:end'>) => {
    heard.ends[code] = (heard.ends[code] ?? 0) + 1;
  });
  socket.on('events', ({ events }: Push<'events'>) => {
    heard.events += events.length;
  });
}

/** Resolves when the hub has let them in, or has not. */
async function come(url: string, { token, from }: Person, tally: Tally): Promise<void> {
  const began = performance.now();
  const socket = io(url, {
    auth: { token, protocol: 1 },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...(from && { localAddress: from }),
  } as object);
  listen(socket);
  await new Promise<void>(resolve => {
    socket.once('welcome', () => {
      tally.ok++;
      tally.took.push(performance.now() - began);
      sockets.push(socket);
      resolve();
    });
    socket.once('connect_error', (error: Error & { data?: Refusal }) => {
      if (error.data) refuse(tally, error.data);
      else tally.lost++;
      tally.longest = Math.max(tally.longest, performance.now() - began);
      socket.close();
      resolve();
    });
  });
}

async function call(socket: Socket, name: string, input: object, tally: Tally): Promise<void> {
  const began = performance.now();
  let reply: Reply<unknown>;
  try {
    reply = await socket.timeout(PATIENCE).emitWithAck(name, input);
  } catch {
    tally.lost++;
    return;
  }
  const took = performance.now() - began;
  tally.longest = Math.max(tally.longest, took);
  if (reply.ok) {
    tally.ok++;
    tally.took.push(took);
  } else {
    refuse(tally, reply.error);
  }
}

/** Does `one` so many times a second, evenly, and waits for all. */
async function steadily(perSecond: number, count: number, one: (i: number) => Promise<void>): Promise<void> {
  const began = performance.now();
  const all: Promise<void>[] = [];
  while (all.length < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - began) / 1000) * perSecond));
    while (all.length < due) all.push(one(all.length));
    await delay(2);
  }
  await Promise.all(all);
}

const tcp = (socket: Socket) =>
  (socket.io.engine as unknown as { transport: { ws: { _socket: TcpSocket } } }).transport.ws._socket;

const deeds = {
  async come({ url, who, perSecond }: { url: string; who: readonly Person[]; perSecond: number }) {
    const tally = newTally();
    await steadily(perSecond, who.length, i => come(url, who[i] as Person, tally));
    return tally;
  },
  /** The first makes the room, if it is to be made. */
  async enter({ room, make = false }: { room: string; make?: boolean }) {
    const tally = newTally();
    const [first] = sockets;
    const wish = { id: room, title: room, kind: 'public' };
    if (make && first) await call(first, 'room:create', wish, tally);
    await steadily(200, sockets.length, i => call(sockets[i] as Socket, 'room:join', { room }, tally));
    return tally;
  },
  /** They stay members, and hear nothing of it any more. */
  async unsubscribe({ room }: { room: string }) {
    const tally = newTally();
    await steadily(200, sockets.length, i => call(sockets[i] as Socket, 'room:leave', { room }, tally));
    return tally;
  },
  /** In turn, at this rate over all of them. Messages get an id of their own. */
  async talk({ call: name, input = {}, perSecond, seconds }: Wish) {
    const tally = newTally();
    await steadily(perSecond, Math.round(perSecond * seconds), i => {
      const own = name === 'message:send' ? { id: crypto.randomUUID(), ...input } : input;
      return call(sockets[i % sockets.length] as Socket, name, own, tally);
    });
    return tally;
  },
  /** From now on nobody reads what the hub sends. */
  stall() {
    stalled = sockets.map(tcp);
    for (const socket of stalled) socket.pause();
  },
  read() {
    for (const socket of stalled) socket.resume();
  },
  /** The number of the room's newest entry. */
  async head({ room }: { room: string }): Promise<number> {
    const reply: Reply<{ head: number }> = await (sockets[0] as Socket).emitWithAck('messages:read', {
      room,
      limit: 1,
    });
    if (!reply.ok) throw new Error(reply.error.message);
    return reply.data.head;
  },
  heard: () => heard,
  open: () => sockets.filter(socket => socket.connected).length,
  leave() {
    for (const socket of sockets.splice(0)) socket.close();
  },
};

serve(deeds);
