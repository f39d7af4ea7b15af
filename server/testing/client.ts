// A bare Socket.IO client that speaks the protocol and nothing more: tests of the hub must not lean on our own SDK.
import { io, type Socket } from 'socket.io-client';
import type { CallData, CallName } from '#shared/protocol/calls.ts';
import type { Reply, WireError } from '#shared/protocol/errors.ts';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Push, PushName } from '#shared/protocol/pushes.ts';

/** A call that the hub refused. */
export class Refused extends Error {
  readonly error: WireError;

  constructor(call: string, error: WireError) {
    super(`${call}: ${error.code} ${error.message}`);
    this.error = error;
  }
}

export interface TestClient extends AsyncDisposable {
  readonly socket: Socket;
  readonly pushes: { name: string; payload: unknown }[];
  /** Input is anything, since tests send what no client should. */
  call<C extends CallName>(name: C, input: unknown): Promise<CallData<C>>;
  /** Resolves with the error that the hub answers. */
  refused(name: string, input: unknown): Promise<WireError>;
  /** Resolves with the first push, past or to come, that fits. */
  push<N extends PushName>(name: N, fits?: (payload: Push<N>) => boolean): Promise<Push<N>>;
  /** All log entries of a room that were pushed so far. */
  events(room: string): LogEvent[];
  /** Resolves when a condition on what was pushed, or on being connected, holds. */
  until(condition: () => boolean): Promise<void>;
}

const PATIENCE = 30_000;

export async function connect(url: string, auth: object, options: object = {}): Promise<TestClient> {
  const socket = io(url, {
    auth: { protocol: 1, ...auth },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...options,
  });
  const pushes: TestClient['pushes'] = [];
  const watchers = new Set<() => void>();
  const look = () => {
    for (const watch of watchers) watch();
  };
  socket.onAny((name: string, payload: unknown) => {
    pushes.push({ name, payload });
    look();
  });
  socket.on('disconnect', look);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    // A hub that dies in the middle of the handshake says nothing on the socket itself; a refusal is told right after the close.
    socket.io.once('close', reason =>
      queueMicrotask(() => reject(new Error(`closed in the handshake: ${reason}`))),
    );
    socket.once('connect_error', error => {
      socket.close();
      reject(error);
    });
  });

  const send = async (name: string, input: unknown): Promise<Reply<never>> => {
    // Socket.IO would keep it for a connection that never comes back.
    if (!socket.connected) throw new Error('The socket is not connected.');
    return socket.timeout(PATIENCE).emitWithAck(name, input);
  };
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        watchers.delete(watch);
      };
      const watch = () => {
        if (!condition()) return;
        stop();
        resolve();
      };
      const timer = setTimeout(() => {
        stop();
        reject(
          new Error(`waited ${PATIENCE} ms for ${condition}; pushes: ${JSON.stringify(pushes.slice(-20))}`),
        );
      }, PATIENCE);
      watchers.add(watch);
      watch();
    });

  return {
    socket,
    pushes,
    until,
    async call(name, input) {
      const reply = await send(name, input);
      if (reply.ok) return reply.data;
      throw new Refused(name, reply.error);
    },
    async refused(name, input) {
      const reply = await send(name, input);
      if (!reply.ok) return reply.error;
      throw new Error(`${name} was not refused`);
    },
    async push(name, fits = () => true) {
      const find = () => pushes.find(push => push.name === name && fits(push.payload as never));
      await until(() => find() !== undefined);
      return find()?.payload as never;
    },
    events: room =>
      pushes
        .filter(push => push.name === 'events' && (push.payload as Push<'events'>).room === room)
        .flatMap(push => (push.payload as Push<'events'>).events),
    async [Symbol.asyncDispose]() {
      socket.close();
    },
  };
}
