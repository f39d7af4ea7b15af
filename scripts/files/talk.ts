// A conversation at a steady pace, and how late its acks and deliveries are. Runs as the process that talkers.ts starts.
import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import type { Reply } from '../../shared/protocol/errors.ts';
import type { Push } from '../../shared/protocol/pushes.ts';

interface Talker {
  call(name: string, input: object): Promise<unknown>;
  readonly socket: Socket;
}

export interface Talk {
  readonly url: string;
  readonly room: string;
  /** Of who speaks and who listens. */
  readonly tokens: readonly [string, string];
}

export interface Pace {
  /** Messages a second. */
  readonly rate: number;
  readonly seconds: number;
}

async function join(url: string, token: string, room: string): Promise<Talker> {
  const socket = io(url, { auth: { token, protocol: 1 }, transports: ['websocket'], forceNew: true });
  await once(socket as unknown as NodeJS.EventEmitter, 'connect');
  const call = async (name: string, input: object) => {
    const reply: Reply<unknown> = await socket.timeout(30_000).emitWithAck(name, input);
    if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
    return reply.data;
  };
  await call('room:create', { id: room, title: room, kind: 'public' }).catch(() => {});
  await call('room:join', { room });
  return { socket, call };
}

export interface Lateness {
  /** ms. */
  readonly ack: { readonly p50: number; readonly p99: number };
  readonly delivery: { readonly p50: number; readonly p99: number };
}

/** One says so much a second for so long, another listens. */
async function talk(from: Talker, to: Talker, room: string, { rate, seconds }: Pace): Promise<Lateness> {
  const sentAt = new Map<string, number>();
  const acks: number[] = [];
  const deliveries: number[] = [];
  const hear = ({ events }: Push<'events'>) => {
    for (const { id } of events) {
      const at = sentAt.get(id);
      if (at !== undefined) deliveries.push(performance.now() - at);
    }
  };
  to.socket.on('events', hear);
  const began = performance.now();
  const total = rate * seconds;
  const pending: Promise<void>[] = [];
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate));
    for (; sent < due; sent++) {
      const id = crypto.randomUUID();
      const at = performance.now();
      sentAt.set(id, at);
      pending.push(
        from
          .call('message:send', { room, id, text: 'x'.repeat(120) })
          .then(() => void acks.push(performance.now() - at)),
      );
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  await Promise.all(pending);
  const patience = performance.now() + 30_000;
  while (deliveries.length < total && performance.now() < patience)
    await new Promise(resolve => setTimeout(resolve, 10));
  to.socket.off('events', hear);
  return { ack: spread(acks), delivery: spread(deliveries) };
}

function spread(times: number[]): { p50: number; p99: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN) * 10) /
    10;
  return { p50: at(0.5), p99: at(0.99) };
}

const { url, room, tokens } = JSON.parse(process.argv[2] ?? '') as Talk;
const from = await join(url, tokens[0], room);
const to = await join(url, tokens[1], room);
const tell = (what: unknown) => void process.send?.(what);
process.on('message', async (pace: Pace) => tell(await talk(from, to, room, pace)));
process.once('disconnect', () => {
  from.socket.close();
  to.socket.close();
});
tell('ready');
