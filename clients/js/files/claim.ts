// Which tab goes on with an upload: the one that holds its lock, for as long as it lives.
import { deferred } from '../deferred.ts';

/** `undefined`: another tab is at it. Else the way to let go. Where there are no Web Locks, everybody may: the hub sorts it out. */
export async function claimUpload(
  key: string,
  locks: LockManager | undefined = globalThis.navigator?.locks,
): Promise<(() => void) | undefined> {
  if (!locks) return () => {};
  const held = deferred<boolean>();
  const released = deferred<void>();
  const hold = (lock: Lock | null) => {
    held.resolve(lock !== null);
    return lock ? released.promise : undefined;
  };
  locks.request(`first-court-upload:${key}`, { ifAvailable: true }, hold).catch(held.reject);
  return (await held.promise) ? () => released.resolve() : undefined;
}
