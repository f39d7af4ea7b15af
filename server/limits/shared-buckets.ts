// Token buckets of one node that several nodes fill together: decided here and now, evened out with the others afterwards.
import type { Taken } from '../hub/ports-people.ts';
import type { TokenBuckets } from './token-buckets.ts';

/** Adds milliseconds to what each key owes all nodes; returns in the same order what each owes then. At least once, each call as a whole. */
export type Ledger = (told: ReadonlyMap<string, number>) => Promise<readonly number[]>;

export interface SharedBuckets {
  take(key: string, cost: number): Taken;
  /** Tells the ledger what was taken since the last time, and learns what the others took. Rejects when the ledger does; nothing is lost then. */
  share(): Promise<void>;
}

/** Keys told at once, so that the ledger is never busy for long. */
const BATCH = 500;

/**
 * Told is what a key has taken and not yet refilled. The ledger's answer can only add to what is known here, and is counted from the moment of
 * asking: a node never refuses what one bucket for all nodes would give, unless an answer was lost, when the same is told twice. What it may
 * give too much is what the others took since it last asked. So n nodes that share every d seconds give a key at most
 *
 *     burst + perSecond * t + (n - 1) * (burst + perSecond * d)
 *
 * in any t seconds: what was given too much stays owed, is paid back before the next call, and never adds up. Without the ledger each node
 * gives burst + perSecond * t.
 * @param now the clock of the buckets
 */
export function createSharedBuckets(
  buckets: TokenBuckets,
  ledger: Ledger,
  { now = () => performance.now() } = {},
): SharedBuckets {
  /** Milliseconds by key. */
  let untold = new Map<string, number>();
  const add = (key: string, ms: number) => untold.set(key, (untold.get(key) ?? 0) + ms);

  /** What is due, in whole milliseconds; what is left of one waits for the next time. */
  const due = (): Map<string, number> => {
    const told = new Map<string, number>();
    const taken = untold;
    untold = new Map();
    for (const [key, ms] of taken) {
      // What has refilled meanwhile, as while the ledger was away, concerns nobody any more.
      const owed = Math.min(ms, buckets.owed(key));
      const whole = Math.floor(owed);
      if (whole > 0) told.set(key, whole);
      if (owed > whole) untold.set(key, owed - whole);
    }
    return told;
  };

  const tell = async (batch: ReadonlyMap<string, number>) => {
    const asked = now();
    try {
      const owed = await ledger(batch);
      [...batch.keys()].forEach((key, i) => {
        buckets.owes(key, (owed[i] ?? 0) + (untold.get(key) ?? 0), asked);
      });
    } catch (error) {
      for (const [key, ms] of batch) add(key, ms);
      throw error;
    }
  };

  return {
    take(key, cost) {
      const taken = buckets.take(key, cost);
      if (taken.ok) add(key, buckets.price(cost));
      return taken;
    },
    async share() {
      const told = [...due()];
      const batches = Array.from({ length: Math.ceil(told.length / BATCH) }, (_, i) =>
        tell(new Map(told.slice(i * BATCH, (i + 1) * BATCH))),
      );
      const failed = (await Promise.allSettled(batches)).find(outcome => outcome.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
}
