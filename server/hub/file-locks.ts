// One request at a time works on an upload, on whichever node. The lock is a row that its holder renews: a node that died loses it in seconds,
// and who comes later asks the holder to let go, since a client that comes again has lost its first connection.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { notFound, unavailable } from './errors.ts';
import type { Log } from './ports.ts';
import type { FileStore } from './ports-file-store.ts';

/** How long a lock lasts without renewal. */
const LASTS_SECONDS = 8;
/** Between two renewals, which also bring word of who waits, in milliseconds. */
const RENEW = 1000;
/** Between two tries of one who waits. */
const RETRY = 100;
/** How long one waits: longer than a dead node's lock lasts. */
const PATIENCE = 15_000;
/** What holders have to end, when the node goes. */
const LET_GO = 3000;

export interface FileLock {
  /**
   * @param letGo somebody else waits, or the lock is lost: end soon what needs it. Called once
   * @throws HubError `not_found`, or `unavailable` when the holder does not let go
   */
  lock(signal: AbortSignal, letGo: () => void): Promise<void>;
  unlock(): Promise<void>;
}

export interface FileLocks {
  newLock(file: string): FileLock;
  /** Another request waits for this file; from another node. */
  heardWanted(file: string): void;
  /** Renews what is held. Called every second. */
  renew(): Promise<void>;
  /** Asks all holders on this node to let go, waits for them a little, and gives no lock any more. */
  letGo(): Promise<void>;
}

interface Held {
  readonly file: string;
  readonly letGo: () => void;
  told: boolean;
  /** By this process's own clock; after it another node may hold the lock. */
  until: number;
}

export function createFileLocks(deps: {
  store: Pick<FileStore, 'lock' | 'keepLocks' | 'unlock'>;
  node: string;
  /** Tells the other nodes. */
  wanted(file: string): void;
  log: Log;
}): FileLocks {
  const { store, node, log } = deps;
  const held = new Map<string, Held>();
  let closed = false;

  const tell = (lock: Held | undefined) => {
    if (!lock || lock.told) return;
    lock.told = true;
    lock.letGo();
  };
  const heardWanted = (file: string) => {
    for (const lock of held.values()) if (lock.file === file) tell(lock);
  };
  const until = (asked: number) => asked + LASTS_SECONDS * 1000;

  return {
    heardWanted,
    async letGo() {
      closed = true;
      for (const lock of held.values()) tell(lock);
      const end = performance.now() + LET_GO;
      while (held.size > 0 && performance.now() < end) await delay(RETRY);
    },
    newLock(file) {
      const holder = `${node} ${randomUUID()}`;
      return {
        async lock(signal, letGo) {
          const patience = performance.now() + PATIENCE;
          for (let tries = 0; ; tries++) {
            if (closed) throw unavailable('This node is shutting down; go on at another.');
            const asked = performance.now();
            const outcome = await store.lock(file, holder, LASTS_SECONDS);
            if (outcome === 'gone') throw notFound('There is no such file.');
            if (outcome === 'held') {
              held.set(holder, { file, letGo, told: false, until: until(asked) });
              return;
            }
            if (tries === 0) deps.wanted(file);
            heardWanted(file);
            if (signal.aborted || performance.now() > patience)
              throw unavailable('Another request still works on this upload. Try again.', 2000);
            await delay(RETRY);
          }
        },
        async unlock() {
          held.delete(holder);
          try {
            await store.unlock(file, holder);
          } catch (error) {
            // The database is away; the lock ends by itself.
            log.warn({ err: error, file }, 'the lock of an upload was not given back');
          }
        },
      };
    },
    async renew() {
      if (held.size === 0) return;
      const asked = performance.now();
      const mine = [...held].map(([holder, { file }]) => ({ file, holder }));
      try {
        const answer = await store.keepLocks(mine, LASTS_SECONDS);
        const kept = new Set(answer.held);
        for (const { holder } of mine) {
          const lock = held.get(holder);
          if (lock && kept.has(holder)) lock.until = until(asked);
          else tell(lock);
        }
        for (const holder of answer.wanted) tell(held.get(holder));
      } finally {
        for (const lock of held.values()) if (lock.until < performance.now() + RENEW) tell(lock);
      }
    },
  };
}
