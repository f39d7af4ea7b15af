// Work that is cheaper together: what waits while one group is under way leaves with the next. Keeps order, knows how long its queue is.
import { OutcomeUnknown, overloaded, Unreachable, unavailable } from './errors.ts';
import type { Log } from './ports.ts';

export interface GroupCommit<T, R> extends AsyncDisposable {
  /** Resolves when the item's group is committed. @throws HubError `unavailable` when the queue is full or the store is away */
  add(item: T): Promise<R>;
  /** Milliseconds that an item which came now would wait, as far as the last groups tell; 0 when it would leave at once. */
  waitMs(): number;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly since: number;
  resolve(result: R): void;
  reject(error: unknown): void;
}

export interface GroupCommitOptions<T, R> {
  readonly name: string;
  /** Does the work of a group: one result per item, in order. */
  run(items: readonly T[]): Promise<R[]>;
  readonly log: Log;
  /** The most items in one group. */
  readonly group?: number;
  /** Items that may wait before new ones are refused, a last resort: pressure.ts refuses much earlier what may be refused. */
  readonly queue?: number;
  /** Milliseconds that an item waits for a store that is away, before it is refused. */
  readonly patience?: number;
}

/** Milliseconds of work after which it counts for a third in what is thought of the next. */
const MEMORY = 2000;
/** Milliseconds that a group may take: when the store is slow, groups are smaller, so that who comes waits for no long one. */
const GROUP_MS = 150;
/** … but not so small that the way there and back is most of their time. */
const LEAST = 200;
/** A group of fewer tells nothing of what an item costs: all of it is the way there and back. */
const FEW = 20;
/** What an item is thought to cost before many were seen together, in milliseconds. */
const GUESS = 0.5;

/**
 * One group is in flight at a time. A group whose outcome is unknown (the connection broke after it was sent) is repeated until the
 * store answers, so `run` must be idempotent; a group that was never sent is refused when its patience ends. A group that the store
 * refuses as a whole is halved until the one bad item stands alone, so that nobody pays for another's input.
 */
export function createGroupCommit<T, R>(options: GroupCommitOptions<T, R>): GroupCommit<T, R> {
  const { name, run, log, group = 500, queue: bound = 20_000, patience = 4000 } = options;
  let queue: Waiting<T, R>[] = [];
  let running: Promise<void> | undefined;
  let closed = false;
  /** The group under way. */
  let current = { items: 0, began: 0 };
  /** Items of past groups and the milliseconds they took, the later ones counting for more. */
  const past = { items: 1, took: GUESS };

  const settle = async (items: Waiting<T, R>[]): Promise<void> => {
    try {
      const results = await persist(items);
      items.forEach((waiting, i) => void waiting.resolve(results[i] as R));
    } catch (error) {
      if (error instanceof Unreachable || error instanceof OutcomeUnknown || items.length === 1) {
        const reason = error instanceof Unreachable ? unavailable('The database is away; try again.') : error;
        for (const waiting of items) waiting.reject(reason);
        return;
      }
      log.warn({ err: error, items: items.length }, `${name}: a group was refused, halving it`);
      const middle = items.length >> 1;
      await settle(items.slice(0, middle));
      await settle(items.slice(middle));
    }
  };

  /** Repeats while the outcome is unknown, or while the oldest item still has patience. */
  const persist = async (items: Waiting<T, R>[]): Promise<R[]> => {
    let unknown = false;
    for (let attempt = 1; ; attempt++) {
      try {
        return await run(items.map(waiting => waiting.item));
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        unknown ||= error.sent;
        const impatient = performance.now() - (items[0] as Waiting<T, R>).since > patience;
        if (impatient && !unknown) throw error;
        if (impatient && closed) throw new OutcomeUnknown('The node closed before the database answered.');
        refuseImpatient();
        if (attempt === 1)
          log.warn({ err: error, items: items.length }, `${name}: the database is away, repeating`);
        await new Promise(resolve => setTimeout(resolve, Math.min(50 * 2 ** attempt, 1000)));
      }
    }
  };

  /** What has not been sent may be refused for certain, so it need not wait for a group whose outcome is unknown. */
  const refuseImpatient = () => {
    const late = performance.now() - patience;
    const refused = queue.filter(waiting => waiting.since < late);
    if (refused.length === 0) return;
    queue = queue.filter(waiting => waiting.since >= late);
    for (const waiting of refused) waiting.reject(unavailable('The database is away; try again.'));
  };

  /** Milliseconds. */
  const perItem = () => past.took / past.items;
  const remember = (items: number, took: number) => {
    const weight = Math.exp(-took / MEMORY);
    past.items = past.items * weight + (items < FEW ? took / GUESS : items);
    past.took = past.took * weight + took;
  };

  const pump = async (): Promise<void> => {
    while (queue.length > 0) {
      const size = Math.ceil(Math.min(group, Math.max(LEAST, GROUP_MS / perItem())));
      const items = queue.slice(0, size);
      queue = queue.slice(size);
      current = { items: items.length, began: performance.now() };
      await settle(items);
      remember(items.length, performance.now() - current.began);
    }
    running = undefined;
  };

  return {
    add(item) {
      if (closed) return Promise.reject(unavailable('This node is shutting down.'));
      if (queue.length >= bound) return Promise.reject(overloaded());
      return new Promise<R>((resolve, reject) => {
        queue.push({ item, since: performance.now(), resolve, reject });
        // A microtask later, so that what arrived in the same turn of the loop shares the group.
        running ??= Promise.resolve().then(pump);
      });
    },
    waitMs() {
      if (!running) return 0;
      const age = performance.now() - current.began;
      // A group that is overdue is thought to need as long again.
      const rest = Math.abs(perItem() * current.items - age);
      return rest + perItem() * queue.length;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await running;
    },
  };
}
