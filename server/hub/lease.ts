// What runs on one node at a time, whichever holds the lease: a task that repeats, or something that is open as long as the lease is held.
import type { Background } from './background.ts';
import type { Log, UpkeepStore } from './ports.ts';

export interface LeasedTask {
  readonly name: string;
  /** Milliseconds between two runs on the node that holds the lease. */
  readonly everyMs: number;
  work(): Promise<void>;
}

export interface LeasedHold {
  readonly name: string;
  /** Called when this node gets the lease; what it opens is disposed when the lease is lost or let go. */
  open(): AsyncDisposable;
}

/** How often the lease is asked for or renewed, and how long it lasts without: a dead holder is replaced within half a minute. */
const RENEW_MS = 10_000;
const LASTS_SECONDS = 30;

export interface Leases extends AsyncDisposable {
  /** Runs the task here as long as this node holds its lease. */
  run(task: LeasedTask): void;
  /** Keeps something open here as long as this node holds its lease, the first try at once. */
  hold(hold: LeasedHold): void;
  /** Disposes what is held open and gives its leases to other nodes, for good. */
  letGo(): Promise<void>;
}

export function createLeases(deps: {
  store: UpkeepStore;
  background: Background;
  node: string;
  now(): number;
  log: Log;
  renewMs?: number;
  lastsSeconds?: number;
}): Leases {
  const { store, background, node, now, log, renewMs = RENEW_MS, lastsSeconds = LASTS_SECONDS } = deps;
  const held = new Set<string>();
  const closers = new Set<() => Promise<void>>();

  const giveBack = async (name: string) => {
    if (!held.delete(name)) return;
    try {
      await store.endLease(name, node);
    } catch (error) {
      // The database is away; the lease ends by itself.
      log.warn({ err: error, lease: name }, 'a lease was not given back');
    }
  };

  const take = async (name: string): Promise<boolean> => {
    const holds = await store.takeLease(name, node, lastsSeconds);
    if (holds !== held.has(name)) log.info({ lease: name, holds }, 'a lease changed hands');
    if (holds) held.add(name);
    else held.delete(name);
    return holds;
  };

  const letGo = async () => {
    await Promise.all([...closers].map(close => close()));
    closers.clear();
  };

  return {
    run({ name, everyMs, work }) {
      let last = Number.NEGATIVE_INFINITY;
      background.every(renewMs, name, async () => {
        if (!(await take(name)) || now() - last < everyMs) return;
        last = now();
        await work();
      });
    },
    hold({ name, open }) {
      let opened: AsyncDisposable | undefined;
      let expiry: NodeJS.Timeout | undefined;
      let over = false;
      const close = async () => {
        clearTimeout(expiry);
        const closing = opened;
        opened = undefined;
        try {
          await closing?.[Symbol.asyncDispose]();
        } catch (error) {
          log.error({ err: error, lease: name }, 'what a lease held open did not close');
        }
      };
      closers.add(async () => {
        over = true;
        await close();
        await giveBack(name);
      });
      const renew = async () => {
        if (over) return;
        const asked = performance.now();
        if (!(await take(name))) return close();
        if (over) return giveBack(name);
        opened ??= open();
        clearTimeout(expiry);
        // When the database does not answer in time, another node may hold it by then.
        expiry = setTimeout(close, lastsSeconds * 1000 - (performance.now() - asked));
      };
      background.every(renewMs, name, renew, 0);
    },
    letGo,
    /** Called when nothing runs any more. */
    async [Symbol.asyncDispose]() {
      await letGo();
      await Promise.all([...held].map(giveBack));
    },
  };
}
