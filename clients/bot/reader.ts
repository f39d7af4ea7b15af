// Reads one room's log from where the bot stopped: every entry, in order, each until it is handled. The place is the hub's to keep; it moves on
// when an entry was handled, and the next one waits for that, so that a bot that is killed repeats at most the one it was at.
import type { LogEvent } from '../../shared/protocol/events.ts';
import { backoffMs } from '../js/backoff.ts';
import type { CallError } from '../js/errors.ts';
import type { Court, Off, Room } from '../js/types.ts';
import type { Logger } from './logger.ts';
import { ask, pause } from './patience.ts';

export interface ReaderDeps {
  court: Court;
  /** Of the cursor. */
  name: string;
  /** Handles an entry, for better or worse; `false`: nobody wanted it. Rejects only when the bot stops. */
  handle(room: string, event: LogEvent): Promise<boolean>;
  /** The bot is in the room no longer, or may not read it: in the hub's words. */
  left(why: string): void;
  logger: Logger;
  signal: AbortSignal;
}

const PAGE = 200;
/** Live entries kept while others are handled; more of them are read again. */
const AHEAD = 500;
/** Entries that nobody wanted are written down as read after so many, or so many milliseconds. */
const UNWANTED = 500;
const UNWANTED_MS = 5000;

export class RoomReader {
  readonly #room: Room;
  readonly #deps: ReaderDeps;
  readonly #offs: Off[];
  readonly #done: Promise<void>;
  #live: LogEvent[] = [];
  /** An entry with this number exists. */
  #known = 0;
  #place = { seq: 0, turn: 0, epoch: '' };
  /** As far as the hub was told. */
  #told = 0;
  #toldAt = 0;
  #again = false;
  #gone = false;
  #wake: () => void = () => {};

  constructor(room: string, deps: ReaderDeps) {
    this.#deps = deps;
    this.#room = deps.court.room(room);
    this.#offs = [
      this.#room.on('event', event => this.#came(event)),
      this.#room.on('gap', ({ reason, to }) => (reason === 'epoch' ? this.redo() : this.#reach(to))),
      this.#room.on('removed', ({ reason }) => this.#leave(reason)),
    ];
    const stop = () => this.#wake();
    deps.signal.addEventListener('abort', stop, { once: true });
    this.#done = this.#run().finally(() => {
      deps.signal.removeEventListener('abort', stop);
      for (const off of this.#offs) off();
    });
  }

  /** Resolves when nothing of it runs any more, after the bot's signal. Never rejects. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** The hub says that the place is another one now. */
  redo(): void {
    this.#again = true;
    this.#wake();
  }

  async #run(): Promise<void> {
    const { signal, logger } = this.#deps;
    for (let attempt = 0; !signal.aborted && !this.#gone; attempt++) {
      try {
        await this.#room.join();
        await this.#find();
        attempt = 0;
        await this.#read();
      } catch (error) {
        if (signal.aborted || this.#gone) break;
        const { code, message } = error as CallError;
        if (code === 'not_found' || code === 'forbidden') {
          this.#leave(message);
        } else if (code !== 'conflict') {
          logger.warn(`reads ${this.#room.id} again: ${message}`);
          await pause(backoffMs(attempt), signal).catch(() => {});
        }
      }
    }
    if (this.#told < this.#place.seq && !this.#gone)
      await this.#tell(AbortSignal.timeout(3000)).catch(() => {});
  }

  /** Where the hub says that we are. */
  async #find(): Promise<void> {
    const { court, name, signal } = this.#deps;
    this.#again = false;
    const { seq, turn, epoch, head } = await ask(court, 'cursor:get', { room: this.#room.id, name }, signal);
    if (epoch !== this.#place.epoch) {
      this.#live = [];
      this.#known = 0;
    }
    this.#place = { seq, turn, epoch };
    this.#told = seq;
    this.#toldAt = Date.now();
    this.#reach(head);
  }

  async #read(): Promise<void> {
    const { signal, handle } = this.#deps;
    while (!signal.aborted && !this.#gone && !this.#again) {
      for (const event of await this.#next()) {
        const wanted = await handle(this.#room.id, event);
        this.#place.seq = event.seq;
        const late = event.seq - this.#told >= UNWANTED || Date.now() - this.#toldAt > UNWANTED_MS;
        // Told before the next is begun. Who stops in between hears of this one again, and of no other.
        if (wanted || late) await this.#tell(signal);
        if (signal.aborted || this.#gone || this.#again) break;
      }
    }
  }

  /** The entries that follow, at least one, unless something else is to be done first. */
  async #next(): Promise<LogEvent[]> {
    const { court, signal } = this.#deps;
    while (!signal.aborted && !this.#gone && !this.#again) {
      const { seq, epoch } = this.#place;
      this.#live = this.#live.filter(event => event.seq > seq);
      if (this.#live[0]?.seq === seq + 1) return this.#live.splice(0);
      if (this.#known > seq) {
        const page = await ask(
          court,
          'events:read',
          { room: this.#room.id, after: seq, limit: PAGE },
          signal,
        );
        if (page.epoch !== epoch) {
          this.#again = true;
        } else if (page.events.length > 0) {
          return page.events;
        } else {
          // What lies between is not ours to read, or is kept no longer.
          this.#place.seq = page.head;
        }
        continue;
      }
      // What nobody wanted is written down as read, once it has been quiet for a while.
      const quiet = this.#told < seq ? setTimeout(() => this.#wake(), UNWANTED_MS) : undefined;
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      clearTimeout(quiet);
      if (quiet && this.#known <= seq && !signal.aborted && !this.#gone && !this.#again)
        await this.#tell(signal);
    }
    return [];
  }

  async #tell(signal: AbortSignal): Promise<void> {
    const { court, name } = this.#deps;
    const { seq } = this.#place;
    await ask(court, 'cursor:set', { room: this.#room.id, name, ...this.#place }, signal);
    this.#told = seq;
    this.#toldAt = Date.now();
  }

  #came(event: LogEvent): void {
    const last = this.#live.at(-1);
    // With a hole in it, or too many, they are read from the log when their turn comes.
    if (this.#live.length >= AHEAD || (last && last.seq + 1 !== event.seq)) this.#live = [];
    this.#live.push(event);
    this.#reach(event.seq);
  }

  #reach(seq: number): void {
    this.#known = Math.max(this.#known, seq);
    this.#wake();
  }

  #leave(why: string): void {
    this.#gone = true;
    this.#wake();
    this.#deps.left(why);
  }
}
