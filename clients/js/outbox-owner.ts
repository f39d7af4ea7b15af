// Whose outbox entries are whose: each client holds a lock named after itself, and takes over what was left by those whose lock
// is free. Where there are no Web Locks everything found is taken over: the hub knows a repeated id, so that does no harm.
import { deferred } from './deferred.ts';
import { uuid } from './uuid.ts';

export interface OutboxOwner {
  readonly id: string;
  /** Runs `adopt` while no other takes over from `owner`: at once if that one is gone, else when it ends. */
  inherit(owner: string, adopt: () => Promise<void>): Promise<void>;
  /** From now on others may take over, and we do no more. */
  release(): void;
}

const lockName = (owner: string) => `first-court-outbox:${owner}`;

/** `locks` as browsers have them. `warn` hears of what fails later. */
export async function claimOwner(
  warn: (error: Error) => void,
  locks: LockManager | undefined = globalThis.navigator?.locks,
): Promise<OutboxOwner> {
  const id = uuid();
  if (!locks) return { id, inherit: (_, adopt) => adopt(), release: () => {} };
  const ending = new AbortController();
  const held = deferred<void>();
  const released = deferred<void>();
  const hold = () => {
    held.resolve();
    return released.promise;
  };
  locks.request(lockName(id), hold).catch(held.reject);
  await held.promise;
  return {
    id,
    async inherit(owner, adopt) {
      const isGone = await locks.request(lockName(owner), { ifAvailable: true }, async lock => {
        if (lock) await adopt();
        return lock !== null;
      });
      if (isGone) return;
      // Not awaited: the other one may live as long as we do.
      locks.request(lockName(owner), { signal: ending.signal }, adopt).catch(error => {
        if (!ending.signal.aborted) warn(error);
      });
    },
    release() {
      ending.abort();
      released.resolve();
    },
  };
}
