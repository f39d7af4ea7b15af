// One socket from its handshake to its end. It never comes back: connection.ts makes another one.
import { io, type Socket } from 'socket.io-client';
import type { CallData, CallInput, CallName } from '../../shared/protocol/calls.ts';
import type { Refusal, Reply } from '../../shared/protocol/errors.ts';
import type { Handshake } from '../../shared/protocol/handshake.ts';
import type { PushName } from '../../shared/protocol/pushes.ts';
import { Alarm } from './alarm.ts';
import { CallError } from './errors.ts';
import type { Welcome } from './types.ts';

export interface LinkConfig {
  url: string;
  transports: ('websocket' | 'polling')[];
  auth: Handshake;
  /** Until the welcome is here. */
  timeoutMs: number;
}

export interface LinkHandlers {
  open(welcome: Welcome): void;
  push(name: PushName, payload: never): void;
  /** Once, when it ends by itself; `byHub` when the hub turned us away. */
  down(why?: CallError, byHub?: boolean): void;
}

/** Bytes of a packet that are not the input: framing, the name of the call, the ack's id. */
const ENVELOPE_BYTES = 256;

export class Link {
  readonly #socket: Socket;
  readonly #handlers: LinkHandlers;
  readonly #patience = new Alarm();
  #welcome: Welcome | undefined;
  #ended = false;
  #heardAt = Date.now();

  constructor({ url, transports, auth, timeoutMs }: LinkConfig, handlers: LinkHandlers) {
    this.#handlers = handlers;
    const { origin, pathname } = new URL(url, globalThis.location?.href);
    this.#socket = io(origin, {
      path: `${pathname.replace(/\/$/, '')}/socket.io`,
      transports,
      auth,
      timeout: timeoutMs,
      forceNew: true,
      reconnection: false,
      autoConnect: false,
    });
    this.#socket.on('connect_error', (error: ConnectError) =>
      error.data?.code
        ? this.#end(CallError.from(error.data), true)
        : this.#end(unreachable(url, error.description?.message ?? error.message)),
    );
    this.#socket.on('disconnect', () => this.#end());
    this.#socket.onAny((name, payload) => {
      if (name === 'welcome') this.#open(payload);
      this.#handlers.push(name, payload as never);
    });
    this.#socket.connect();
    this.#patience.set(timeoutMs, () => this.#end(unreachable(url, `no welcome within ${timeoutMs} ms`)));
  }

  get isOpen(): boolean {
    return this.#welcome !== undefined && !this.#ended;
  }

  /** Milliseconds since the hub was last heard, pings included. */
  get silentMs(): number {
    return Date.now() - this.#heardAt;
  }

  /** Emits now, so that calls leave in the order made. */
  send<C extends CallName>(name: C, input: CallInput<C>, timeoutMs: number): Promise<CallData<C>> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(new CallError('not_sent', 'Not sent: there is no connection'));
      const tooLarge = this.#sizeError(input);
      if (tooLarge) return reject(tooLarge);
      this.#socket
        .timeout(timeoutMs)
        .emit(name, input, (failure: Error | null, reply: Reply<CallData<C>> | undefined) => {
          if (failure || !reply) reject(lost(name, failure));
          else if (reply.ok) resolve(reply.data);
          else reject(CallError.from(reply.error));
        });
    });
  }

  /** For what may be lost and has no answer. */
  sendVolatile<C extends CallName>(name: C, input: CallInput<C>): void {
    if (this.isOpen) this.#socket.volatile.emit(name, input);
  }

  /** Ends it without a word to the handlers. Calls under way end as `unknown`. */
  close(): void {
    this.#ended = true;
    this.#patience.clear();
    this.#socket.off();
    this.#socket.offAny();
    this.#socket.disconnect();
  }

  #open(welcome: Welcome): void {
    this.#patience.clear();
    this.#welcome = welcome;
    this.#heardAt = Date.now();
    this.#socket.io.engine.on('packet', () => {
      this.#heardAt = Date.now();
    });
    this.#handlers.open(welcome);
  }

  #end(why?: CallError, byHub = false): void {
    if (this.#ended) return;
    this.close();
    this.#handlers.down(why, byHub);
  }

  /** The hub cuts the connection at a packet that is too large; to send it again and again would never end. */
  #sizeError(input: unknown): CallError | undefined {
    const limit = (this.#welcome?.limits.packetBytes ?? Number.POSITIVE_INFINITY) - ENVELOPE_BYTES;
    const json = JSON.stringify(input);
    if (json.length * 3 <= limit || new TextEncoder().encode(json).byteLength <= limit) return undefined;
    return new CallError('too_large', `Not sent: it is larger than the ${limit} bytes the hub takes at once`);
  }
}

/** `data` is the hub's refusal; without it the network failed, and `description` may say how. */
type ConnectError = Error & { data?: Refusal; description?: Error };

const unreachable = (url: string, why: string) =>
  new CallError('unavailable', `No connection to ${url}: ${why}`);

function lost(name: CallName, cause: Error | null): CallError {
  const message = `No answer to ${name} came back: it may or may not have happened`;
  return new CallError('unknown', message, { cause });
}
