// A hub that does what fate says, and a page with an outbox on it: for tests of the outbox alone.
import type { CallInput } from '../../../shared/protocol/calls.ts';
import { CallError, type CallErrorCode } from '../errors.ts';
import { RoomOutbox } from '../outbox.ts';
import { memoryOutbox } from '../outbox-storage/memory.ts';
import type { OutboxCall, OutboxStorage } from '../types.ts';
import { uuid } from '../uuid.ts';

/** What becomes of one call. `ran` says whether it got as far as the log; `drop` whether the connection went with it. */
export type Fate = { ran: boolean; drop?: boolean; answer: 'ok' | CallErrorCode; retryAfterMs?: number };
export const fine: Fate = { ran: true, answer: 'ok' };
export const passing: Fate[] = [
  { ran: false, drop: true, answer: 'unknown' },
  { ran: true, drop: true, answer: 'unknown' },
  { ran: true, answer: 'unknown' },
  { ran: false, answer: 'unknown' },
];
export const putOff: Fate[] = [
  { ran: false, answer: 'rate_limited' },
  { ran: false, answer: 'unavailable' },
  { ran: true, answer: 'unavailable' },
];
export const refusals: Fate[] = [
  { ran: false, answer: 'forbidden' },
  { ran: false, answer: 'too_large' },
];

/** A hub as the outbox sees it: it runs calls in the order they come, knows repeated ids, and answers as fate has it. */
export class Hub {
  readonly log: string[] = [];
  readonly fates: Fate[];
  isOpen = true;
  calls = 0;
  onOpen: () => void = () => {};
  #isDoomed = false;
  readonly #refused = new Map<string, Fate>();
  #underWay = new Set<() => void>();

  constructor(fates: Fate[] = []) {
    this.fates = [...fates];
  }

  send(input: CallInput<OutboxCall>): Promise<{ seq: number }> {
    const known = this.log.includes(input.id);
    const lost = () => new CallError('unknown', 'lost');
    this.calls++;
    if (this.#isDoomed) return new Promise((_, reject) => this.#underWay.add(() => reject(lost())));
    const {
      ran,
      drop,
      answer,
      retryAfterMs = 0,
    } = known ? fine : (this.#refused.get(input.id) ?? this.fates.shift() ?? fine);
    // What did not get through before the connection broke lets nothing through behind it; a refusal stays one.
    this.#isDoomed = !ran && drop === true;
    if (refusals.some(fate => fate.answer === answer)) this.#refused.set(input.id, { ran, answer });
    if (ran && !known) this.log.push(input.id);
    const seq = this.log.indexOf(input.id) + 1;
    return new Promise((resolve, reject) => {
      const lose = () => reject(lost());
      this.#underWay.add(lose);
      setImmediate(() => {
        this.#underWay.delete(lose);
        if (drop) this.drop();
        if (answer === 'ok') resolve({ seq });
        else reject(new CallError(answer, answer, { retryAfterMs }));
      });
    });
  }

  pardon(): void {
    this.#refused.clear();
  }

  drop(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const lost of this.#underWay) lost();
    this.#underWay.clear();
    setImmediate(() => {
      this.isOpen = true;
      this.#isDoomed = false;
      this.onOpen();
    });
  }
}

export function page(hub: Hub, storage: OutboxStorage = memoryOutbox(), window = 1) {
  const outbox = new RoomOutbox({
    storage,
    send: (_call, input) => hub.send(input),
    isOpen: () => hub.isOpen,
    acked: () => {},
    changed: () => {},
    warn: error => {
      throw error;
    },
    window,
    backoff: { firstMs: 1 },
  });
  hub.onOpen = () => outbox.resume();
  outbox.open('hub#ada');
  return {
    outbox,
    send: (room = 'lobby', text = 'hello') => outbox.add('message:send', { room, id: uuid(), text }),
    /** Resolves when nothing waits any more, and what is kept is what is held. */
    async idle() {
      const isIdle = async () => {
        const kept = await storage.load('hub#ada');
        return kept.length === outbox.entries.length && outbox.entries.every(entry => entry.failed);
      };
      await until(isIdle);
    },
  };
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setImmediate(resolve));
}
