// A bot: listeners on one side, the hub on the other. Follows every room it is in, and goes on where it stopped.
import type { EventType, LogEvent } from '../../shared/protocol/events.ts';
import type { User } from '../../shared/protocol/models.ts';
import { createClient } from '../js/client.ts';
import { type Deferred, deferred } from '../js/deferred.ts';
import type { CallError } from '../js/errors.ts';
import type { ConnectionState, Court } from '../js/types.ts';
import { handleCommand } from './command-desk.ts';
import { putAside, replayDue } from './dead-letters.ts';
import { type HandlingDeps, handleEvent } from './handling.ts';
import { Listeners, type Pattern } from './listeners.ts';
import { createLogger, type Logger } from './logger.ts';
import { ask, pause } from './patience.ts';
import { RoomReader } from './reader.ts';
import type {
  AppOptions,
  CommandHelp,
  CommandListener,
  ErrorHandler,
  EventListener,
  Failure,
  MessageListener,
  Middleware,
} from './types.ts';

/** A room that it was invited to is found so often, should the hub's word be lost, in ms. */
const LOOK_MS = 30_000;
/** What is in hand when it is to stop is given so long. */
const PATIENCE_MS = 10_000;

export class App implements AsyncDisposable {
  readonly client: Court;
  readonly logger: Logger;
  readonly #options: AppOptions;
  readonly #listeners = new Listeners();
  readonly #readers = new Map<string, RoomReader>();
  /** Rooms that it may not read. */
  readonly #shut = new Set<string>();
  readonly #done: Deferred<void> = deferred();
  readonly #stop = new AbortController();
  readonly #busy = new Set<Promise<void>>();
  readonly #deps: HandlingDeps;
  readonly #sides: { start?(): Promise<void>; stop?(): Promise<void> }[] = [];
  readonly #repeating: { ms: number; work(): Promise<void> }[] = [];
  #onError: ErrorHandler | undefined;
  #letters: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  /** @throws TypeError when there is no url or token, neither here nor in COURT_URL and COURT_TOKEN */
  constructor(options: AppOptions = {}) {
    const { url = process.env.COURT_URL, token = process.env.COURT_TOKEN, name = 'main' } = options;
    if (!url || !token)
      throw new TypeError('A bot needs a url and a token: give them, or set COURT_URL and COURT_TOKEN.');
    this.#options = options;
    this.logger = options.logger ?? createLogger();
    this.client = createClient({
      url,
      getToken({ reason }) {
        if (reason === 'connect') return token;
        throw Object.assign(new Error('The token has expired or was withdrawn.'), {
          code: 'unauthenticated',
        });
      },
      client: 'first-court-bot/0.1.0',
      keepMessages: 20,
    });
    const { logger, client } = this;
    this.#deps = {
      court: client,
      listeners: this.#listeners,
      ...{ name, logger },
      attempts: options.attempts ?? 3,
      retryMs: options.retryMs ?? 250,
      signal: this.#stop.signal,
      me: () => client.user as User,
      failed: failure => this.#failed(failure),
    };
  }

  /** Messages of others; with a pattern those that hold the text, or that the expression finds. */
  message(listener: MessageListener): this;
  message(pattern: Pattern, listener: MessageListener): this;
  message(first: Pattern | MessageListener, second?: MessageListener): this {
    if (typeof first === 'function') this.#listeners.message(undefined, first);
    else this.#listeners.message(first, second as MessageListener);
    return this;
  }

  /** Any entry of the logs, of one type or of all. */
  event<T extends EventType>(type: T | '*', listener: EventListener<T>): this {
    this.#listeners.event(type, listener);
    return this;
  }

  /** @param name with its slash or without */
  command(name: string, listener: CommandListener): this;
  command(name: string, help: CommandHelp, listener: CommandListener): this;
  command(name: string, help: CommandHelp | CommandListener, listener?: CommandListener): this {
    const bare = name.replace(/^\//, '');
    const { commands } = this.#listeners;
    if (typeof help === 'function') commands.set(bare, { help: { description: `/${bare}` }, listener: help });
    else commands.set(bare, { help, listener: listener as CommandListener });
    return this;
  }

  /** Around every entry and command, in the order given. */
  use(middleware: Middleware): this {
    this.#listeners.middleware.push(middleware);
    return this;
  }

  /** Something to begin before it listens, and to end after it has ended. */
  around(side: { start?(): Promise<void>; stop?(): Promise<void> }): this {
    this.#sides.push(side);
    return this;
  }

  /** Work that repeats while it is there, so many milliseconds after the last ended, the first time at once. */
  every(ms: number, work: () => Promise<void>): this {
    this.#repeating.push({ ms, work });
    return this;
  }

  /** Hears of every failure. Without one they are logged. */
  error(handler: ErrorHandler): this {
    this.#onError = handler;
    return this;
  }

  /** Resolves when it is there: commands are offered, rooms are followed. @throws CallError when the hub refuses it */
  async start(): Promise<User> {
    const { client, logger } = this;
    const { signal } = this.#stop;
    client.on('warning', error => logger.warn(error.message));
    client.on('state', state => this.#stands(state));
    client.on('push', push => {
      if (push.name === 'command') this.#do(handleCommand(this.#deps, push.payload));
      else if (push.name === 'room:added') this.#invited(push.payload.room);
      else if (push.name === 'bot:redo') this.#redo(push.payload.what);
    });
    await client.connect();
    const { user } = client;
    if (user?.role !== 'bot') throw new TypeError(`The token is of "${user?.id}", who is no bot.`);
    for (const side of this.#sides) await side.start?.();
    const commands = [...this.#listeners.commands].map(([name, { help }]) => ({ name, ...help }));
    await ask(client, 'command:register', { commands }, signal);
    await this.#look();
    // What was put elsewhere while we were away, we were not told.
    client.on('welcome', () => {
      this.#redo('cursors');
      this.#redo('deadletters');
      this.#do(this.#look());
    });
    this.#redo('deadletters');
    this.#do(this.#repeat(LOOK_MS, () => this.#look()));
    for (const { ms, work } of this.#repeating) this.#do(this.#repeat(ms, work));
    logger.info(`${user.id} is there, in ${this.#readers.size} rooms`);
    return user;
  }

  /** Ends what is in hand, for ten seconds at most, writes down how far it has come, and goes. */
  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      this.#stop.abort(new Error('The bot stops.'));
      const ends = [...[...this.#readers.values()].map(reader => reader.done), ...this.#busy];
      const patience = new AbortController();
      // What does not end will be handled again by the next that comes.
      await Promise.race([Promise.all(ends), pause(PATIENCE_MS, patience.signal).catch(() => {})]);
      patience.abort();
      for (const side of this.#sides) await side.stop?.();
      await this.client.close();
      this.#done.resolve();
    })();
    return this.#stopped;
  }

  /** Resolves when it has stopped; rejects with `CallError` when the hub turns it away for good, as with a token that was withdrawn. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #stands(state: ConnectionState): void {
    if (state.status !== 'disconnected' || state.reason === 'closed') return;
    const why = state.error?.message ?? state.reason;
    if (state.reason !== 'stopped') {
      this.logger.info(`not connected: ${why}`);
      return;
    }
    this.logger.error(`turned away: ${why}`);
    this.#done.reject(state.error as CallError);
    void this.stop();
  }

  /** Every room that it is in, and those that it goes into by itself. */
  async #look(): Promise<void> {
    for (const room of this.#options.rooms ?? []) this.#follow(room);
    for (const { id } of await this.#mine()) this.#follow(id);
  }

  async #mine() {
    const rooms = [];
    let cursor: string | undefined;
    do {
      const page = await ask(this.client, 'room:list', { ...(cursor && { cursor }) }, this.#stop.signal);
      rooms.push(...page.rooms);
      cursor = page.cursor;
    } while (cursor);
    return rooms;
  }

  #invited(room: string): void {
    this.#shut.delete(room);
    this.#follow(room);
  }

  #follow(room: string): void {
    const { signal, name, court, logger } = this.#deps;
    if (this.#readers.has(room) || signal.aborted) return;
    const reader = new RoomReader(room, {
      ...{ signal, name, court, logger },
      handle: (where, event) => this.#handle(where, event),
      left: why => this.#left(room, why),
    });
    this.#readers.set(room, reader);
  }

  #left(room: string, why: string): void {
    this.#readers.delete(room);
    // It is looked for again now and then, and said once.
    if (this.#shut.has(room)) return;
    this.#shut.add(room);
    this.logger.warn(`does not follow ${room}: ${why}`);
  }

  async #handle(room: string, event: LogEvent): Promise<boolean> {
    const { wanted, error } = await handleEvent(this.#deps, room, event);
    if (error) await putAside(this.#deps, room, event, error);
    return wanted;
  }

  #redo(what: 'cursors' | 'deadletters'): void {
    if (what === 'cursors') {
      for (const reader of this.#readers.values()) reader.redo();
      return;
    }
    // One after the other: what became due meanwhile is found by the next.
    this.#letters = (this.#letters ?? Promise.resolve())
      .then(() => replayDue(this.#deps))
      .catch(error => this.#lost(error));
    this.#do(this.#letters);
  }

  async #repeat(ms: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await work().catch(error => this.#lost(error));
      await pause(ms, signal).catch(() => {});
    }
  }

  /** Work that nothing waits for, but the end. */
  #do(work: Promise<void>): void {
    const done = work.catch(error => this.#lost(error)).finally(() => this.#busy.delete(done));
    this.#busy.add(done);
  }

  #lost(error: Error): void {
    if (!this.#stop.signal.aborted) this.logger.warn(error.message);
  }

  async #failed(failure: Failure): Promise<void> {
    const { error, event, command, room, attempt, fate } = failure;
    if (!this.#onError) {
      const what = command ? `/${command.name}` : `${event?.type} ${event?.seq}`;
      this.logger.error(`${what} in ${room} failed: ${error.message}`, { attempt, fate });
      return;
    }
    try {
      await this.#onError(failure);
    } catch (thrown) {
      this.logger.error(`the error handler failed: ${(thrown as Error)?.message}`);
    }
  }
}
