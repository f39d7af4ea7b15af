// The calls of one room on their way to the hub, in the order made. One that is put off holds up those behind it; one that is
// refused for good steps aside.
import type { CallData, CallInput } from '../../shared/protocol/calls.ts';
import { Alarm } from './alarm.ts';
import { type BackoffOptions, backoffMs } from './backoff.ts';
import type { Deferred } from './deferred.ts';
import { type CallError, isPassing } from './errors.ts';
import type { OutboxCall, OutboxEntry, Sent } from './types.ts';

/** An entry in memory. */
export interface OutboxItem {
  entry: OutboxEntry;
  done: Deferred<Sent>;
  state: 'waiting' | 'flying' | 'settled';
  /** It went out at least once, so it may be in the log. */
  left: boolean;
  /** How often the hub failed at it. */
  faults: number;
}

export interface LaneDeps {
  /** Sends now; rejects with {@link CallError}. */
  send(call: OutboxCall, input: CallInput<OutboxCall>): Promise<CallData<OutboxCall>>;
  canSend(): boolean;
  sent(item: OutboxItem, data: CallData<OutboxCall>): void;
  refused(item: OutboxItem, error: CallError): void;
  window: number;
  backoff: BackoffOptions | undefined;
}

/** An `internal` error may be a bad moment, but must not block a room for ever. */
const MAX_FAULTS = 3;

export class OutboxLane {
  readonly #deps: LaneDeps;
  readonly #hold = new Alarm();
  #items: OutboxItem[] = [];
  #attempt = 0;

  constructor(deps: LaneDeps) {
    this.#deps = deps;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  append(item: OutboxItem): void {
    this.#items.push(item);
    this.pump();
  }

  /** In front of all: what an earlier page left. */
  prepend(items: OutboxItem[]): void {
    this.#items.unshift(...items);
  }

  remove(item: OutboxItem): void {
    item.state = 'settled';
    const at = this.#items.indexOf(item);
    if (at >= 0) this.#items.splice(at, 1);
    this.pump();
  }

  /** A connection stands: what was under way on the last one leaves again first. */
  resume(): void {
    this.#attempt = 0;
    this.#hold.clear();
    this.pump();
  }

  stop(): void {
    this.#hold.clear();
  }

  pump(): void {
    const { canSend, window } = this.#deps;
    for (const item of this.#items.slice(0, window)) {
      if (this.#hold.isSet || !canSend()) return;
      if (item.state === 'waiting') this.#fly(item);
    }
  }

  async #fly(item: OutboxItem): Promise<void> {
    const { send, sent } = this.#deps;
    item.state = 'flying';
    item.left = true;
    try {
      const data = await send(item.entry.call, item.entry.input);
      this.#attempt = 0;
      // Else the log was faster.
      if (item.state === 'flying') sent(item, data);
    } catch (error) {
      if (item.state === 'flying') this.#landedBack(item, error as CallError);
    }
  }

  #landedBack(item: OutboxItem, error: CallError): void {
    const { canSend, refused } = this.#deps;
    item.state = 'waiting';
    if (error.code === 'internal') item.faults++;
    const putOff = isPassing(error.code) && item.faults < MAX_FAULTS;
    if (!putOff) refused(item, error);
    // Without a connection, the next one resumes.
    else if (canSend()) this.#hold.set(this.#delay(error), () => this.pump());
  }

  /** The hub knows how long its limits last; only if that does not help do we guess. */
  #delay({ retryAfterMs }: CallError): number {
    const attempt = this.#attempt++;
    if (retryAfterMs && attempt === 0) return retryAfterMs;
    return backoffMs(Math.max(0, attempt - 1), retryAfterMs, this.#deps.backoff);
  }
}
