// A summary that was asked for: follows it as it is written, also over a lost connection, and tells whoever listens.
import type { CallInput } from '../../shared/protocol/calls.ts';
import type { Push } from '../../shared/protocol/pushes.ts';
import type { Summary, SummaryState } from '../../shared/protocol/summaries.ts';
import { Alarm } from './alarm.ts';
import type { Connection } from './connection.ts';
import { type Deferred, deferred } from './deferred.ts';
import { Emitter } from './emitter.ts';
import { CallError, isPassing } from './errors.ts';
import type { Off } from './types.ts';
import { uuid } from './uuid.ts';

export type SummarizeOptions = Omit<CallInput<'summary:request'>, 'room' | 'range'> & {
  /** What is unread, without it. */
  range?: CallInput<'summary:request'>['range'];
};

/** Never changed in place. */
export interface RecapSnapshot extends Pick<SummaryState, 'text' | 'claims' | 'citations'> {
  status: 'running' | 'done' | 'failed';
  /** When it is done. */
  summary?: Summary;
  /** When it failed. */
  error?: CallError;
}

export interface RecapEvents {
  /** More of it is there, or all of it begins anew; see `snapshot`. */
  delta: RecapSnapshot;
  /** `snapshot` is another one now. */
  change: RecapSnapshot;
}

export interface Recap {
  readonly snapshot: RecapSnapshot;
  /** Rejects with {@link CallError}. */
  readonly done: Promise<Summary>;
  cancel(): Promise<void>;
  on<E extends keyof RecapEvents>(event: E, listener: (payload: RecapEvents[E]) => void): Off;
  readonly subscribe: (listener: () => void) => Off;
  readonly getSnapshot: () => RecapSnapshot;
}

/** Times that a hub which cannot just now is asked again. */
const TRIES = 5;

/** The node that writes it is on its way out. */
const isGoing = ({ details }: { details?: unknown }) =>
  (details as { draining?: boolean } | undefined)?.draining === true;

const EMPTY: RecapSnapshot = { status: 'running', text: '', claims: [], citations: [] };

export class LiveRecap implements Recap {
  readonly #events = new Emitter<RecapEvents>();
  readonly #connection: Connection;
  readonly #input: CallInput<'summary:request'>;
  readonly #done: Deferred<Summary> = deferred();
  readonly #offs: Off[];
  #id: string;
  #snapshot = EMPTY;
  #accepted = false;
  #askedAgain = false;
  #isAsking = false;
  #putOff = 0;
  readonly #later = new Alarm();

  constructor(
    room: string,
    { range = 'unread', id = uuid(), ...options }: SummarizeOptions,
    connection: Connection,
  ) {
    this.#id = id;
    this.#connection = connection;
    this.#input = { room, range, ...options };
    this.#offs = [
      connection.on('push', ({ name, payload }) => this.#pushed(name, payload)),
      connection.on('open', () => void this.#catchUp()),
      connection.on('stopped', error => this.#fail(error)),
    ];
    void this.#catchUp();
  }

  get snapshot(): RecapSnapshot {
    return this.#snapshot;
  }

  get done(): Promise<Summary> {
    return this.#done.promise;
  }

  readonly subscribe = (listener: () => void): Off => this.#events.on('change', listener);
  readonly getSnapshot = (): RecapSnapshot => this.#snapshot;

  on<E extends keyof RecapEvents>(event: E, listener: (payload: RecapEvents[E]) => void): Off {
    return this.#events.on(event, listener);
  }

  async cancel(): Promise<void> {
    if (this.#snapshot.status !== 'running') return;
    if (this.#accepted) await this.#connection.call('summary:cancel', { id: this.#id });
    this.#fail(new CallError('conflict', 'This summary was cancelled.'));
  }

  /** Asks, or asks how it stands. What fails for lack of a connection is done again by the next one. */
  async #catchUp(): Promise<void> {
    if (this.#isAsking || this.#snapshot.status !== 'running') return;
    this.#isAsking = true;
    try {
      if (!this.#accepted) {
        // The hub may be writing the same one for us already.
        this.#id = (await this.#connection.call('summary:request', { ...this.#input, id: this.#id })).id;
        this.#accepted = true;
      }
      this.#stands(await this.#connection.call('summary:get', { id: this.#id }));
    } catch (error) {
      this.#failedToAsk(error as CallError);
    } finally {
      this.#isAsking = false;
    }
  }

  #failedToAsk(error: CallError): void {
    const gone = error.code === 'not_found' || isGoing(error);
    if (gone && this.#accepted && this.#mayAskAgain()) {
      this.#askSoon(0);
    } else if (error.code === 'unavailable' && ++this.#putOff <= TRIES) {
      this.#askSoon(error.retryAfterMs ?? 1000);
    } else if (!isPassing(error.code) || error.code === 'rate_limited' || this.#connection.isOpen) {
      this.#fail(error);
    }
  }

  /** The node that wrote it is gone, and it with it: another one is asked, once. What is for the room may be there already, and is not. */
  #mayAskAgain(): boolean {
    if (this.#askedAgain || this.#input.audience === 'room') return false;
    this.#askedAgain = true;
    // The old id stands for what is lost.
    this.#id = uuid();
    this.#accepted = false;
    this.#change(EMPTY, true);
    return true;
  }

  /** The next connection may come first. */
  #askSoon(ms: number): void {
    this.#later.set(ms, () => void this.#catchUp());
  }

  #stands({ state, text, claims, citations, summary }: SummaryState): void {
    if (state === 'done' && summary) this.#finish(summary);
    else if (claims.length > this.#snapshot.claims.length)
      this.#change({ ...this.#snapshot, text, claims, citations }, true);
  }

  #pushed(name: string, payload: unknown): void {
    if ((payload as { id?: string }).id !== this.#id) return;
    if (name === 'summary:delta') this.#delta(payload as Push<'summary:delta'>);
    else if (name === 'summary:done') this.#finish(payload as Summary);
    else if (name === 'summary:failed') this.#failed((payload as Push<'summary:failed'>).error);
  }

  #failed(error: Push<'summary:failed'>['error']): void {
    if (isGoing(error) && this.#mayAskAgain()) this.#askSoon(error.retryAfterMs ?? 1000);
    else this.#fail(CallError.from(error));
  }

  #delta({ text, claims, citations, at, reset }: Push<'summary:delta'>): void {
    const from = reset ? EMPTY : this.#snapshot;
    if (this.#snapshot.status !== 'running' || at < from.claims.length) return;
    if (at > from.claims.length) return void this.#catchUp();
    this.#change(
      {
        ...from,
        text: from.text + text,
        claims: [...from.claims, ...claims],
        citations: [...from.citations, ...citations],
      },
      true,
    );
  }

  #finish(summary: Summary): void {
    const { text, claims, citations } = summary;
    this.#end({ status: 'done', text, claims, citations, summary });
    this.#done.resolve(summary);
  }

  #fail(error: CallError): void {
    this.#end({ ...EMPTY, status: 'failed', error });
    this.#done.reject(error);
  }

  #end(snapshot: RecapSnapshot): void {
    if (this.#snapshot.status !== 'running') return;
    for (const off of this.#offs) off();
    this.#later.clear();
    this.#change(snapshot);
  }

  #change(snapshot: RecapSnapshot, isDelta = false): void {
    this.#snapshot = snapshot;
    if (isDelta) this.#events.emit('delta', snapshot);
    this.#events.emit('change', snapshot);
  }
}
