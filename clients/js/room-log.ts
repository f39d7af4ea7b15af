// A room's place in its log. Pure: takes frames and answers in whatever order they come, and gives out each entry once, in
// order (I5), never of two epochs (I15); says what must be read when something is missing.
import type { CallData } from '../../shared/protocol/calls.ts';
import type { LogEvent } from '../../shared/protocol/events.ts';

/** What follows from an input. */
export interface Step {
  /** To be applied now, consecutive. */
  apply: LogEvent[];
  /** The copy must first be replaced by the answer's page: the log does not go on from where it ended. */
  reset?: boolean;
  /**
   * `live` nothing is missing · `read` call `events:read` after `seq` · `join` call `room:join` · `wait` an answer is on its way.
   */
  next: 'live' | 'read' | 'join' | 'wait';
}

type Frame = { epoch: string; events: readonly LogEvent[] };
type Joined = Pick<CallData<'room:join'>, 'epoch' | 'head' | 'recovered' | 'events'>;

/** Entries kept beyond a hole; more of them are read again later. */
const AHEAD = 2_000;

export class RoomLog {
  #epoch: string | undefined;
  #seq = 0;
  /** The highest number we know to exist. */
  #known = 0;
  #joining = false;
  #fresh = false;
  #early: Frame[] = [];
  readonly #ahead = new Map<number, LogEvent>();

  get epoch(): string | undefined {
    return this.#epoch;
  }

  /** Last entry given out. */
  get seq(): number {
    return this.#seq;
  }

  get isWhole(): boolean {
    return this.#epoch !== undefined && !this.#joining && this.#seq >= this.#known;
  }

  /** A `room:join` leaves now, with what this returns as `after`. Frames are kept until its answer is here. */
  join(): { epoch: string; seq: number } | undefined {
    this.#joining = true;
    this.#early = [];
    if (this.#epoch === undefined || this.#fresh) return undefined;
    return { epoch: this.#epoch, seq: this.#seq };
  }

  joined({ epoch, head, recovered, events }: Joined): Step {
    const reset = !recovered || epoch !== this.#epoch || this.#fresh;
    this.#joining = false;
    this.#fresh = false;
    if (reset) {
      this.#epoch = epoch;
      this.#seq = head;
      this.#ahead.clear();
    }
    this.#known = reset ? head : Math.max(head, this.#known);
    const apply = this.#take(reset ? [] : events);
    const early = this.#early;
    this.#early = [];
    let next = this.#next();
    for (const frame of early) {
      const step = this.frame(frame);
      apply.push(...step.apply);
      if (next !== 'join') next = step.next;
    }
    return { apply, next, ...(reset && { reset }) };
  }

  /** A live frame. */
  frame(frame: Frame): Step {
    if (this.#joining) this.#early.push(frame);
    if (this.#joining || this.#epoch === undefined) return { apply: [], next: 'wait' };
    if (frame.epoch !== this.#epoch) return { apply: [], next: 'join' };
    return { apply: this.#take(frame.events), next: this.#next() };
  }

  /** The answer of `events:read`. */
  page(page: Frame): Step {
    if (this.#joining) return { apply: [], next: 'wait' };
    if (page.epoch !== this.#epoch) return { apply: [], next: 'join' };
    const from = this.#seq;
    const apply = this.#take(page.events);
    // The hub gives back nothing that goes on from here, so only a new start helps.
    if (this.#seq === from && this.#seq < this.#known) {
      this.#fresh = true;
      return { apply, next: 'join' };
    }
    return { apply, next: this.#next() };
  }

  #take(events: readonly LogEvent[]): LogEvent[] {
    const apply: LogEvent[] = [];
    const advance = (event: LogEvent) => {
      this.#seq = event.seq;
      apply.push(event);
    };
    for (const event of events) {
      this.#known = Math.max(this.#known, event.seq);
      if (event.seq === this.#seq + 1) advance(event);
      else if (event.seq > this.#seq && this.#ahead.size < AHEAD) this.#ahead.set(event.seq, event);
      if (this.#ahead.size > 0) this.#drain(advance);
    }
    return apply;
  }

  #drain(advance: (event: LogEvent) => void): void {
    for (let next = this.#ahead.get(this.#seq + 1); next; next = this.#ahead.get(this.#seq + 1)) {
      this.#ahead.delete(next.seq);
      advance(next);
    }
  }

  #next(): Step['next'] {
    return this.#seq < this.#known ? 'read' : 'live';
  }
}
