// A task that runs on one node at a time, whichever holds the lease; when that node goes or dies, another takes over.
import type { Background } from './background.ts';
import type { Log, UpkeepStore } from './ports.ts';

export interface LeasedTask {
  readonly name: string;
  /** Milliseconds between two runs on the node that holds the lease. */
  readonly everyMs: number;
  work(): Promise<void>;
}

/** How often the lease is asked for or renewed, and how long it lasts without: a dead holder is replaced within half a minute. */
const RENEW_MS = 10_000;
const LASTS_SECONDS = 30;

export interface Leases extends AsyncDisposable {
  /** Runs the task here as long as this node holds its lease. */
  run(task: LeasedTask): void;
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
  return {
    run({ name, everyMs, work }) {
      let last = Number.NEGATIVE_INFINITY;
      background.every(renewMs, name, async () => {
        const holds = await store.takeLease(name, node, lastsSeconds);
        if (holds !== held.has(name)) log.info({ lease: name, holds }, 'a lease changed hands');
        if (!holds) {
          held.delete(name);
          return;
        }
        held.add(name);
        if (now() - last < everyMs) return;
        last = now();
        await work();
      });
    },
    /** Called when nothing runs any more. */
    async [Symbol.asyncDispose]() {
      await Promise.all([...held].map(name => store.endLease(name, node)));
      held.clear();
    },
  };
}
