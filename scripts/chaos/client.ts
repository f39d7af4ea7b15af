// One program of one person: joins rooms, keeps a copy of their logs and an outbox per room, comes back after a cut; writes down everything.
import { SignJWT } from 'jose';
import { io, type Socket } from 'socket.io-client';
import type { CallData, CallInput, CallName } from '#shared/protocol/calls.ts';
import type { Reply, WireError } from '#shared/protocol/errors.ts';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { PlatformRole } from '#shared/protocol/models.ts';
import type { Push } from '#shared/protocol/pushes.ts';
import { TOKEN_ISSUER } from '#shared/protocol/version.ts';
import { Copy } from './copy.ts';
import { entryOf, type HistoryWriter } from './history.ts';
import { Lane } from './lane.ts';
import type { Node } from './node.ts';
import type { Random } from './random.ts';

export interface ClientOptions {
  readonly name: string;
  readonly user: string;
  readonly role: PlatformRole;
  readonly secret: string;
  readonly nodes: readonly Node[];
  readonly history: HistoryWriter;
  readonly random: Random;
  /** Number of the next call, over all clients. */
  nextCall(): number;
}

/** A refusal, or no answer at all. */
export class CallFailed extends Error {
  readonly error: WireError | undefined;
  constructor(name: string, error: WireError | undefined) {
    super(`${name}: ${error ? `${error.code} ${error.message}` : 'no answer'}`);
    this.error = error;
  }
}

/** After so long without an answer the connection counts as dead. */
const PATIENCE = 8000;

export class ChaosClient {
  readonly options: ClientOptions;
  readonly copies = new Map<string, Copy>();
  readonly #lanes = new Map<string, Lane>();
  readonly #pending = new Set<() => void>();
  #socket: Socket | undefined;
  #node: Node | undefined;
  #closed = false;
  #shortToken: number | undefined;
  #expired: (() => void) | undefined;
  #reconnects = 0;

  constructor(options: ClientOptions) {
    this.options = options;
  }

  get connected(): boolean {
    return this.#socket?.connected === true;
  }

  get socketId(): string {
    return this.#socket?.id ?? '';
  }

  get reconnects(): number {
    return this.#reconnects;
  }

  where(room: string) {
    const { name, user } = this.options;
    return { client: name, user, node: this.#node?.name ?? '', room };
  }

  /** The room is one of this client's from now on: joined now and after every reconnect. */
  async enter(room: string): Promise<void> {
    const copy = this.copies.get(room) ?? new Copy(room, this);
    this.copies.set(room, copy);
    await copy.join();
  }

  lane(room: string): Lane {
    const lane = this.#lanes.get(room) ?? new Lane(room, this);
    this.#lanes.set(room, lane);
    return lane;
  }

  /** Everything sent has an outcome. */
  get idle(): boolean {
    return [...this.#lanes.values()].every(lane => lane.idle);
  }

  async connect(node: Node = this.options.random.pick(this.options.nodes)): Promise<void> {
    const { history, name, user } = this.options;
    this.#node = node;
    const seconds = this.#shortToken ?? 7200;
    const token = await sign(this.options, seconds);
    const socket = io(`http://127.0.0.1:${node.clients.port}`, {
      auth: { token, protocol: 1, client: 'chaos/1', device: name },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      timeout: 5000,
    });
    this.#socket = socket;
    socket.on('events', (frame: Push<'events'>) => this.#frame(socket, frame));
    socket.on('room:removed', ({ room }: Push<'room:removed'>) => this.#ended(socket, room, 'removed'));
    socket.on('resync', ({ room }: Push<'resync'>) => this.#ended(socket, room, 'resync'));
    socket.on('presence', (push: Push<'presence'>) => {
      if ('changes' in push)
        history.write({ kind: 'seen', client: name, user, about: push.changes.map(one => one.user) });
    });
    socket.on('session:end', ({ code }: Push<'session:end'>) => {
      if (code === 'expired') this.#expired?.();
    });
    await new Promise<void>(resolve => {
      const failed = () => {
        clearTimeout(timer);
        socket.off();
        socket.close();
        this.#again();
        resolve();
      };
      // A hub that was stopped, or a connection that breaks in the handshake, never says anything.
      const timer = setTimeout(failed, PATIENCE);
      socket.once('connect_error', failed);
      socket.once('connect', () => {
        clearTimeout(timer);
        const id = socket.id as string;
        history.write({ kind: 'connect', client: name, user, node: node.name, socket: id });
        socket.once('disconnect', reason => {
          history.write({ kind: 'disconnect', client: name, socket: id, reason });
          for (const lost of [...this.#pending]) lost();
          for (const copy of this.copies.values()) copy.cut();
          this.#again();
        });
        resolve();
        for (const copy of this.copies.values()) copy.rejoin();
        for (const lane of this.#lanes.values()) lane.pump();
      });
    });
  }

  /** Comes back with a token that ends soon. Resolves when the hub has ended the session for it. */
  async expire(seconds: number, patience: number): Promise<boolean> {
    const ended = new Promise<boolean>(resolve => {
      const done = (told: boolean) => {
        clearTimeout(timer);
        this.#shortToken = undefined;
        resolve(told);
      };
      const timer = setTimeout(done, patience, false);
      this.#expired = () => done(true);
    });
    this.#shortToken = seconds;
    this.drop();
    return ended;
  }

  /** Closes the connection from this side. */
  drop(): void {
    this.#socket?.disconnect();
  }

  close(): void {
    this.#closed = true;
    this.drop();
  }

  /**
   * Answers in the same turn in which the packet came, so that what is written down keeps the order of the wire.
   * @param done is given the reply, or undefined when none will come
   * @param patience milliseconds to wait for an answer; without it, the connection counts as dead after {@link PATIENCE}
   */
  call<C extends CallName>(
    name: C,
    input: CallInput<C>,
    done: (reply: Reply<CallData<C>> | undefined) => void,
    patience?: number,
  ): void {
    const socket = this.#socket;
    if (!socket?.connected) {
      done(undefined);
      return;
    }
    let over = false;
    const finish = (reply: Reply<CallData<C>> | undefined) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      this.#pending.delete(lost);
      done(reply);
    };
    const lost = () => finish(undefined);
    this.#pending.add(lost);
    const timer = patience ? setTimeout(lost, patience) : setTimeout(() => socket.disconnect(), PATIENCE);
    socket.emit(name, input, finish);
  }

  /** @throws CallFailed */
  ask<C extends CallName>(name: C, input: CallInput<C>): Promise<CallData<C>> {
    return new Promise((resolve, reject) => {
      this.call(name, input, reply => {
        if (reply?.ok) resolve(reply.data);
        else reject(new CallFailed(name, reply?.error));
      });
    });
  }

  #again(): void {
    if (this.#closed) return;
    this.#reconnects++;
    const { random, history } = this.options;
    setTimeout(
      () => {
        if (this.#closed) return;
        this.connect().catch(error => {
          history.write({ kind: 'trouble', node: 'harness', what: String(error) });
        });
      },
      random.whole(50, 1500),
    );
  }

  #frame(socket: Socket, { room, epoch, events }: Push<'events'>): void {
    const { history, name } = this.options;
    history.write({
      kind: 'wire',
      client: name,
      socket: socket.id ?? '',
      room,
      epoch,
      entries: events.map(entryOf),
    });
    this.copies.get(room)?.take(epoch, events as LogEvent[]);
  }

  #ended(socket: Socket, room: string, why: 'removed' | 'resync'): void {
    const { history, name } = this.options;
    history.write({ kind: 'ended', client: name, socket: socket.id ?? '', room, why });
    this.copies.get(room)?.ended(why);
  }
}

export function sign(
  { secret, user, role }: Pick<ClientOptions, 'secret' | 'user' | 'role'>,
  seconds: number,
): Promise<string> {
  return new SignJWT({ name: user, role })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_ISSUER)
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(secret));
}
