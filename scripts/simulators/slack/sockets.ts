// Socket Mode: each event goes to one of the app's open sockets, at least once. What is not acknowledged in time is sent again; what finds no socket
// is tried a few times and then lost, as at Slack.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Random } from '../../chaos/random.ts';
import { APP } from './workspace.ts';

export type DisconnectReason = 'refresh_requested' | 'warning' | 'too_many_websockets' | 'link_disabled';

export interface Envelope {
  readonly type: 'events_api' | 'slash_commands';
  readonly payload: Record<string, unknown>;
}

export interface SocketOptions {
  readonly random: Random;
  /** Shares from 0 to 1, read anew for each envelope. */
  readonly chances: { duplicate: number; reorder: number };
  readonly pingMs: number;
  /** How long an acknowledgement may take. */
  readonly ackMs: number;
  /** How long after the first, second… failure an envelope is tried again. */
  readonly retryMs: readonly number[];
}

export type Sockets = ReturnType<typeof createSockets>;

const MAX_SOCKETS = 10;
/** Of a socket that was told to go: how long it may still close by itself. */
const GRACE = 1000;

export function createSockets({ random, chances, pingMs, ackMs, retryMs }: SocketOptions) {
  const server = new WebSocketServer({ noServer: true });
  const open = new Set<WebSocket>();
  const tickets = new Set<string>();
  const unacknowledged = new Map<string, (payload: unknown) => void>();
  const timers = new Set<NodeJS.Timeout>();
  let turn = 0;
  const counts = { delivered: 0, repeated: 0, lost: 0, waiting: 0 };

  const later = (ms: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
    return timer;
  };

  function welcome(socket: WebSocket): void {
    if (open.size >= MAX_SOCKETS) {
      dismiss(socket, 'too_many_websockets');
      return;
    }
    open.add(socket);
    // One for each envelope that waits for its acknowledgement.
    socket.setMaxListeners(0);
    const ping = setInterval(() => socket.ping(), pingMs);
    socket.on('message', data => {
      const { envelope_id, payload } = JSON.parse(String(data)) as { envelope_id: string; payload?: unknown };
      unacknowledged.get(envelope_id)?.(payload);
    });
    socket.on('close', () => {
      clearInterval(ping);
      open.delete(socket);
    });
    // 'close' follows and does the work.
    socket.on('error', () => {});
    socket.ping();
    send(socket, {
      type: 'hello',
      num_connections: open.size,
      debug_info: { host: 'simulator', approximate_connection_time: 18_060 },
      connection_info: { app_id: APP },
    });
  }

  const send = (socket: WebSocket, frame: object) => socket.send(JSON.stringify(frame));

  function dismiss(socket: WebSocket, reason: DisconnectReason): void {
    send(socket, { type: 'disconnect', reason, debug_info: { host: 'simulator' } });
    open.delete(socket);
    later(GRACE, () => socket.terminate());
  }

  /** Resolves with what came with the acknowledgement; undefined when none came. */
  function attempt({ type, payload }: Envelope, tries: number): Promise<{ payload: unknown } | undefined> {
    const socket = [...open][turn++ % Math.max(1, open.size)];
    if (!socket) return Promise.resolve(undefined);
    const envelope_id = crypto.randomUUID();
    return new Promise(resolve => {
      const settle = (answer: { payload: unknown } | undefined) => {
        clearTimeout(timer);
        timers.delete(timer);
        socket.off('close', gone);
        unacknowledged.delete(envelope_id);
        resolve(answer);
      };
      const gone = () => settle(undefined);
      const timer = later(ackMs, gone);
      socket.on('close', gone);
      unacknowledged.set(envelope_id, answer => settle({ payload: answer }));
      send(socket, {
        envelope_id,
        type,
        payload,
        accepts_response_payload: type === 'slash_commands',
        ...(type === 'events_api' && {
          retry_attempt: tries,
          retry_reason: tries > 0 ? 'timeout' : '',
        }),
      });
    });
  }

  async function persist(envelope: Envelope): Promise<void> {
    counts.waiting++;
    for (let tries = 0; ; tries++) {
      if (await attempt(envelope, tries)) {
        counts.delivered++;
        break;
      }
      const wait = retryMs[tries];
      if (wait === undefined) {
        counts.lost++;
        break;
      }
      counts.repeated++;
      await new Promise<void>(resolve => later(wait, resolve));
    }
    counts.waiting--;
  }

  return {
    counts,
    get size() {
      return open.size;
    },
    /** What `apps.connections.open` hands out; good for one socket. */
    newTicket(): string {
      const ticket = crypto.randomUUID();
      tickets.add(ticket);
      return ticket;
    },
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket');
      if (!ticket || !tickets.delete(ticket)) return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      server.handleUpgrade(request, socket, head, welcome);
    },
    /** In the background; duplicates and overtaking as the chances say. */
    deliver(payload: Record<string, unknown>): void {
      const envelope: Envelope = { type: 'events_api', payload };
      const times = random.chance(chances.duplicate) ? 2 : 1;
      for (let time = 0; time < times; time++) {
        if (random.chance(chances.reorder)) later(random.whole(1, 30), () => void persist(envelope));
        else void persist(envelope);
      }
    },
    /** Once, as Slack does. Resolves with what the app answered with, or undefined when it did not in time. */
    ask: (payload: Record<string, unknown>) => attempt({ type: 'slash_commands', payload }, 0),
    /** Tells every socket, or so many of them, to go. */
    disconnect(reason: DisconnectReason, most = Number.POSITIVE_INFINITY): void {
      for (const socket of [...open].slice(0, most)) dismiss(socket, reason);
    },
    /** Sends every socket what is no frame of Slack's. */
    babble(text: string): void {
      for (const socket of open) socket.send(text);
    },
    /** Without a word, as a network does. */
    cut(): void {
      for (const socket of open) socket.terminate();
    },
    close(): void {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}
