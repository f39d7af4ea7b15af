// Keeps a room's copy of the log whole: joins, joins again after each break, reads what is missing, and says when it had to.
import type { CallData } from '../../shared/protocol/calls.ts';
import type { LogEvent } from '../../shared/protocol/events.ts';
import { Alarm } from './alarm.ts';
import { type BackoffOptions, backoffMs } from './backoff.ts';
import type { Connection } from './connection.ts';
import { type Deferred, deferred } from './deferred.ts';
import type { CallError } from './errors.ts';
import { isPassing } from './errors.ts';
import { RoomLog, type Step } from './room-log.ts';
import type { Gap } from './types.ts';

export interface SyncHandlers {
  /** The answer to a join; with `reset` the copy is to be replaced by it, and with `newLog` numbers mean other entries. */
  joined(answer: CallData<'room:join'>, how: { reset: boolean; newLog: boolean }): void;
  /** Consecutive entries, each once. */
  apply(events: LogEvent[]): void;
  gap(gap: Gap): void;
  /** The hub does not let us in, or no longer. */
  refused(error: CallError): void;
  /** `isWhole` may be another. */
  moved(): void;
}

export interface SyncDeps {
  connection: Pick<Connection, 'send' | 'isOpen'>;
  backoff: BackoffOptions | undefined;
}

type Reason = 'reconnect' | 'slow' | 'hole';

const PAGE = 500;

export class RoomSync {
  readonly #room: string;
  readonly #deps: SyncDeps;
  readonly #handlers: SyncHandlers;
  readonly #log = new RoomLog();
  readonly #retry = new Alarm();
  #whole: Deferred<void> | undefined;
  #wanted = false;
  #attempt = 0;
  /** Counts joins and breaks: an answer to an older question is not ours any more. */
  #run = 0;
  /** The run of the read under way. */
  #reading: number | undefined;
  #recovery: { reason: Gap['reason']; from: number; recovered: boolean } | undefined;

  constructor(room: string, deps: SyncDeps, handlers: SyncHandlers) {
    this.#room = room;
    this.#deps = deps;
    this.#handlers = handlers;
  }

  get epoch(): string | undefined {
    return this.#log.epoch;
  }

  /** Last entry applied. */
  get seq(): number {
    return this.#log.seq;
  }

  get isWanted(): boolean {
    return this.#wanted;
  }

  get isWhole(): boolean {
    return this.#wanted && this.#deps.connection.isOpen && this.#log.isWhole;
  }

  /** Resolves when the copy is whole. */
  follow(): Promise<void> {
    if (this.isWhole) return Promise.resolve();
    this.#whole ??= deferred();
    const { promise } = this.#whole;
    if (!this.#wanted) {
      this.#wanted = true;
      if (this.#deps.connection.isOpen) this.#join('reconnect');
    }
    return promise;
  }

  /** Who waits for `follow` gets `why`. The copy stays, to go on from later. */
  unfollow(why: CallError): void {
    this.#wanted = false;
    this.broken();
    this.#giveUp(why);
  }

  /** A connection stands. */
  connected(): void {
    if (this.#wanted) this.#join('reconnect');
  }

  /** The connection is lost. */
  broken(): void {
    this.#run++;
    this.#retry.clear();
    this.#attempt = 0;
  }

  /** No connection will come: who waits for `follow` gets `why`. */
  stopped(why: CallError): void {
    this.#giveUp(why);
  }

  /** The hub left frames out, since we were too slow. */
  resync(): void {
    if (this.#wanted) this.#join('slow');
  }

  frame(epoch: string, events: LogEvent[]): void {
    if (this.#wanted) this.#take(this.#log.frame({ epoch, events }));
  }

  #giveUp(why: CallError): void {
    this.#whole?.reject(why);
    this.#whole = undefined;
  }

  async #join(reason: Reason): Promise<void> {
    const run = ++this.#run;
    this.#retry.clear();
    this.#recovering(reason);
    const after = this.#log.join();
    this.#handlers.moved();
    await this.#ask(
      run,
      () => this.#join(reason),
      async () => {
        const answer = await this.#deps.connection.send('room:join', {
          room: this.#room,
          ...(after && { after }),
        });
        if (run !== this.#run) return;
        const newLog = this.#log.epoch !== answer.epoch;
        const step = this.#log.joined(answer);
        if (step.reset && this.#recovery) {
          this.#recovery.recovered = false;
          this.#recovery.reason = newLog ? 'epoch' : 'too_far';
        }
        this.#handlers.joined(answer, { reset: step.reset === true, newLog });
        this.#take(step);
      },
    );
  }

  async #read(): Promise<void> {
    const run = this.#run;
    if (this.#reading === run || this.#retry.isSet) return;
    this.#reading = run;
    this.#recovering('hole');
    await this.#ask(
      run,
      () => this.#read(),
      async () => {
        const range = { room: this.#room, after: this.#log.seq, limit: PAGE };
        const page = await this.#deps.connection.send('events:read', range);
        if (run !== this.#run) return;
        this.#reading = undefined;
        this.#take(this.#log.page(page));
      },
    );
  }

  /** Asks again later what could not be answered now. */
  async #ask(run: number, again: () => void, ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
      if (run === this.#run) this.#attempt = 0;
    } catch (caught) {
      const error = caught as CallError;
      if (run !== this.#run) return;
      // Only here: after an answer, taking the page may have begun the next read already.
      this.#reading = undefined;
      if (!isPassing(error.code)) {
        this.unfollow(error);
        this.#handlers.refused(error);
      } else if (this.#deps.connection.isOpen) {
        this.#retry.set(backoffMs(this.#attempt++, error.retryAfterMs, this.#deps.backoff), again);
      }
    }
  }

  #take({ apply, next }: Step): void {
    if (apply.length > 0) this.#handlers.apply(apply);
    if (next === 'read') this.#read();
    else if (next === 'join') this.#join('hole');
    else if (next === 'live') this.#arrived();
  }

  #recovering(reason: Reason): void {
    if (this.#log.epoch === undefined) return;
    this.#recovery ??= { reason, from: this.#log.seq, recovered: true };
  }

  #arrived(): void {
    const recovery = this.#recovery;
    if (recovery) {
      this.#recovery = undefined;
      const to = this.#log.seq;
      if (!recovery.recovered || to > recovery.from) this.#handlers.gap({ ...recovery, to });
    }
    if (!this.#whole && !recovery) return;
    this.#handlers.moved();
    this.#whole?.resolve();
    this.#whole = undefined;
  }
}
