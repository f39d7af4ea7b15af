// The connection as the program sees it: made when wanted, made again when lost, never given up without a reason.
import type { CallData, CallInput, CallName } from '../../shared/protocol/calls.ts';
import type { Handshake } from '../../shared/protocol/handshake.ts';
import type { Push, PushName } from '../../shared/protocol/pushes.ts';
import { PROTOCOL } from '../../shared/protocol/version.ts';
import { Alarm } from './alarm.ts';
import { ASKED_TO_WAIT, backoffMs, RECONNECT, SENT_ON } from './backoff.ts';
import { Emitter } from './emitter.ts';
import { CallError } from './errors.ts';
import { Link } from './link.ts';
import { sessionEnd } from './session-end.ts';
import { askForToken, TokenRefresher } from './tokens.ts';
import type { CallOptions, ClientOptions, ConnectionState, Welcome } from './types.ts';
import { abortable, givenUp, WaitingCalls } from './waiting-calls.ts';
import { hasNetwork, watchPage } from './wake.ts';

export interface ConnectionEvents {
  state: ConnectionState;
  open: Welcome;
  lost: undefined;
  push: { name: PushName; payload: never };
  /** No attempt will follow. */
  stopped: CallError;
  warning: Error;
}

const ATTEMPT_MS = 20_000;
const CALL_MS = 10_000;
/** After this long the connection counts as good, and the next waits start from the shortest. */
const STABLE_MS = 5_000;
/** A hub that says good-bye closes by itself; one that hangs is left after this. */
const FAREWELL_MS = 5_000;
const PROBE_MS = 5_000;

export class Connection extends Emitter<ConnectionEvents> {
  readonly #options: ClientOptions;
  readonly #waiting = new WaitingCalls();
  readonly #refresher: TokenRefresher;
  readonly #alarm = new Alarm();
  #unwatch: () => void = () => {};
  #state: ConnectionState = { status: 'disconnected', reason: 'idle' };
  #link: Link | undefined;
  #welcome: Welcome | undefined;
  #attempt = 0;
  /** Counts attempts for ever, so that a late token finds out that it is not wanted any more. */
  #run = 0;
  /** The hub turned the last token away. */
  #tokenRefused = false;
  #openedAt = 0;
  /** The hub asked us not to come back before. */
  #notBefore = 0;
  /** What the hub said before it closes. */
  #farewell: CallError | undefined;

  constructor(options: ClientOptions) {
    super();
    this.#options = options;
    const swap = async () => {
      const token = await askForToken(options.getToken, 'expired');
      await this.send('session:refresh', { token });
      return token;
    };
    this.#refresher = new TokenRefresher(swap, error => this.emit('warning', error));
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The latest one. */
  get welcome(): Welcome | undefined {
    return this.#welcome;
  }

  get isOpen(): boolean {
    return this.#link?.isOpen === true;
  }

  /** Resolves with the next welcome, or the one that stands; rejects when there will be none. */
  start(): Promise<Welcome> {
    if (this.isOpen) return Promise.resolve(this.#welcome!);
    const welcomed = new Promise<Welcome>((resolve, reject) => {
      const offs = [
        this.on('open', welcome => end(() => resolve(welcome))),
        this.on('stopped', error => end(() => reject(error))),
      ];
      const end = (settle: () => void) => {
        for (const off of offs) off();
        settle();
      };
    });
    const isAtIt = this.#state.status === 'connecting' || this.#alarm.isSet;
    if (!isAtIt) {
      this.#attempt = 0;
      this.#farewell = undefined;
      this.#unwatch = watchPage({ wake: () => this.#wake(), offline: () => this.#offline() });
      this.#try('connect');
    }
    return welcomed;
  }

  close(): void {
    this.#stop('closed', new CallError('not_sent', 'Not sent: the client is closed'));
  }

  /** Ends it for good because of `error`, until `start`. */
  refuse(error: CallError): void {
    this.#stop('stopped', error);
  }

  /** Sends now or not at all. */
  send<C extends CallName>(name: C, input: CallInput<C>, timeoutMs = CALL_MS): Promise<CallData<C>> {
    if (this.#link) return this.#link.send(name, input, timeoutMs);
    return Promise.reject(new CallError('not_sent', 'Not sent: there is no connection'));
  }

  sendVolatile<C extends CallName>(name: C, input: CallInput<C>): void {
    this.#link?.sendVolatile(name, input);
  }

  /** Waits for a connection, then sends. */
  async call<C extends CallName>(
    name: C,
    input: CallInput<C>,
    { timeoutMs = CALL_MS, signal }: CallOptions = {},
  ): Promise<CallData<C>> {
    const until = Date.now() + timeoutMs;
    if (signal?.aborted) throw givenUp('not_sent', signal);
    const state = this.#state;
    if (state.status === 'disconnected' && (state.reason === 'closed' || state.reason === 'stopped')) {
      const why = state.error?.message ?? 'the client is closed';
      throw new CallError('not_sent', `Not sent: ${why}`, { cause: state.error });
    }
    if (!this.isOpen) await this.#waiting.wait(timeoutMs, signal);
    const answer = this.send(name, input, Math.max(1, until - Date.now()));
    return signal ? await abortable(answer, signal) : await answer;
  }

  async #try(reason: 'connect' | 'expired'): Promise<void> {
    const run = ++this.#run;
    this.#farewell = undefined;
    this.#setState({ status: 'connecting', attempt: this.#attempt });
    let token: string;
    try {
      token = await askForToken(this.#options.getToken, reason);
    } catch (error) {
      if (run === this.#run) this.#noToken(error as Error);
      return;
    }
    if (run !== this.#run) return;
    const { url, client, device, transports = ['websocket'] } = this.#options;
    const auth: Handshake = {
      token,
      protocol: PROTOCOL,
      ...(client && { client }),
      ...(device && { device }),
    };
    this.#link = new Link(
      { url, transports, auth, timeoutMs: ATTEMPT_MS },
      {
        open: welcome => this.#open(welcome, token),
        push: (name, payload) => this.#pushed(name, payload),
        down: (why, byHub) => this.#down(why, byHub),
      },
    );
  }

  #noToken(error: Error): void {
    if (error instanceof CallError) {
      this.refuse(error);
    } else {
      this.emit('warning', error);
      this.#wait('refused', new CallError('unavailable', `No token: ${error.message}`, { cause: error }));
    }
  }

  #open(welcome: Welcome, token: string): void {
    this.#welcome = welcome;
    this.#openedAt = Date.now();
    this.#tokenRefused = false;
    this.#refresher.start(token, welcome.serverTime);
    this.emit('open', welcome);
    // A listener may have ended it.
    if (!this.isOpen) return;
    this.#setState({ status: 'connected' });
    this.#waiting.release();
  }

  #pushed(name: PushName, payload: never): void {
    this.emit('push', { name, payload });
    if (name === 'session:end') this.#ending(payload);
  }

  #ending(end: Push<'session:end'>): void {
    const error = sessionEnd(end);
    if (end.reconnect) {
      this.#farewell = error;
      this.#alarm.set(FAREWELL_MS, () => this.#drop());
    } else {
      this.refuse(error);
    }
  }

  /** Leaves a link that will not end by itself. */
  #drop(): void {
    this.#link?.close();
    this.#down();
  }

  #down(why?: CallError, byHub = false): void {
    const wasOpen = this.#state.status === 'connected';
    this.#forgetLink();
    if (wasOpen) {
      if (Date.now() - this.#openedAt > STABLE_MS) this.#attempt = 0;
      this.emit('lost', undefined);
      // A listener may have closed the client.
      if (this.#state.status !== 'connected') return;
    }
    const aboutToken = why?.code === 'token_expired' || why?.code === 'unauthenticated';
    if (aboutToken && !this.#tokenRefused) {
      this.#tokenRefused = true;
      this.#try('expired');
    } else if (why && (aboutToken || why.code === 'unsupported_protocol')) {
      this.refuse(why);
    } else {
      this.#wait(byHub ? 'refused' : this.#farewell ? 'ended' : 'lost', why ?? this.#farewell);
    }
  }

  #wait(reason: 'lost' | 'refused' | 'ended', error?: CallError): void {
    this.#notBefore = Date.now() + (error?.retryAfterMs ?? 0);
    const sentOn = (error?.details as { end?: string } | undefined)?.end === 'draining';
    const asked = reason === 'refused' && error?.retryAfterMs !== undefined;
    const base = sentOn ? SENT_ON : asked ? ASKED_TO_WAIT : RECONNECT;
    const spread = { ...base, ...this.#options.backoff };
    const ms = backoffMs(this.#attempt++, error?.retryAfterMs, spread);
    this.#setState({
      status: 'disconnected',
      reason: hasNetwork() ? reason : 'offline',
      retryAt: Date.now() + ms,
      ...(error && { error }),
    });
    this.#tryIn(ms);
  }

  #tryIn(ms: number): void {
    const reason = this.#farewell?.code === 'token_expired' ? 'expired' : 'connect';
    this.#alarm.set(ms, () => this.#try(reason));
  }

  #stop(reason: 'closed' | 'stopped', error: CallError): void {
    const wasOpen = this.isOpen;
    this.#run++;
    this.#unwatch();
    this.#link?.close();
    this.#forgetLink();
    this.#tokenRefused = false;
    this.#setState({ status: 'disconnected', reason, ...(reason === 'stopped' && { error }) });
    if (wasOpen) this.emit('lost', undefined);
    this.#waiting.fail(error);
    this.emit('stopped', error);
  }

  #forgetLink(): void {
    this.#link = undefined;
    this.#alarm.clear();
    this.#refresher.stop();
  }

  #wake(): void {
    if (this.#state.status === 'disconnected') this.#tryIn(Math.max(0, this.#notBefore - Date.now()));
    else if (this.#link?.isOpen && this.#link.silentMs > PROBE_MS) this.#probe(this.#link);
  }

  #offline(): void {
    if (this.#state.status === 'disconnected') this.#setState({ ...this.#state, reason: 'offline' });
  }

  /** A machine that slept may hold a dead socket and not know it yet. Any answer proves it alive. */
  async #probe(link: Link): Promise<void> {
    try {
      await link.send('presence:get', { users: [this.#welcome!.user.id] }, PROBE_MS);
    } catch (error) {
      if ((error as CallError).code === 'unknown' && link === this.#link) this.#drop();
    }
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.emit('state', state);
  }
}
