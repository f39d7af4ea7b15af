// Hands what happens in rooms on to those that hear of it: from the logs into the outbox, by cursors that move in the same step. On the one node that
// holds the lease; who dies leaves it to the next, and nothing is left out or put in twice (I14).
import { setTimeout as delay } from 'node:timers/promises';
import { MAX_HOPS } from '#shared/hops.ts';
import { Unreachable } from './errors.ts';
import type { Batch } from './log-writer.ts';
import type { Log } from './ports.ts';
import type { HookStore } from './ports-hooks.ts';

/** Entries of one webhook that are in the outbox at a time. */
const LIMIT = 50;
/** Milliseconds: what happens meanwhile is handed on together; and between looks while some still wait for their turn. */
const GATHER = 50;
const BUSY = 150;

export interface HookFollower {
  /** For as long as the lease is held. */
  open(): AsyncDisposable;
  /** Entries were committed, here or on another node. */
  grew(batches: readonly Batch[]): void;
  /** Looks now. */
  wake(): void;
}

export function createHookFollower({
  store,
  pollMs,
  posted,
  log,
}: {
  store: Pick<HookStore, 'stepHooks'>;
  /** Milliseconds after which is looked without having been told. */
  pollMs: number;
  /** Something was put into the outbox. */
  posted(): void;
  log: Log;
}): HookFollower {
  let wake: (() => void) | undefined;
  /** Those in which somebody hears, as of the last look. */
  let rooms: ReadonlySet<string> = new Set();

  const step = async (): Promise<boolean> => {
    try {
      const done = await store.stepHooks(LIMIT, MAX_HOPS);
      rooms = new Set(done.rooms);
      if (done.put > 0) posted();
      return done.more;
    } catch (error) {
      const level = error instanceof Unreachable ? 'warn' : 'error';
      log[level]({ err: error }, 'webhooks wait for the next look');
      return false;
    }
  };

  return {
    wake: () => wake?.(),
    grew(batches) {
      if (wake && batches.some(({ room }) => rooms.has(room))) wake();
    },
    open() {
      const closing = new AbortController();
      let news = false;
      let waking: AbortController | undefined;
      const sleep = async (ms: number) => {
        waking = new AbortController();
        const signal = AbortSignal.any([closing.signal, waking.signal]);
        await delay(ms, undefined, { signal }).catch(() => {});
        waking = undefined;
      };
      const mine = () => {
        news = true;
        waking?.abort();
      };
      const run = async () => {
        while (!closing.signal.aborted) {
          news = false;
          const more = await step();
          if (!news) await sleep(more ? Math.min(BUSY, pollMs) : pollMs);
          if (news) await delay(GATHER, undefined, { signal: closing.signal }).catch(() => {});
        }
      };
      wake = mine;
      const done = run();
      return {
        async [Symbol.asyncDispose]() {
          closing.abort();
          if (wake === mine) wake = undefined;
          await done;
        },
      };
    },
  };
}
