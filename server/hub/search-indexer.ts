// Hands an index what changed in the logs, on the one node that holds the lease: soon after an entry is committed, and every few seconds anyway.
// What was taken in and not yet written down as such is taken in again, which changes nothing.
import { Unreachable } from './errors.ts';
import type { Log } from './ports.ts';
import type { SearchIndex, SearchStore } from './ports-search.ts';

export interface Indexer {
  /** For as long as the lease is held. */
  open(): AsyncDisposable;
  /** Some log has grown. */
  grew(): void;
}

/** Log entries at once: a few milliseconds of cutting texts into words. */
const BATCH = 400;
/** Milliseconds: what is said meanwhile goes in together; and the others get their turn while there is much to take in. */
const GATHER = 1000;
const BREATHER = 10;
/** So many times as long as a step took, those who send have the machine to themselves: the more it has to do, the more goes in at once. */
const REST = 20;

export function createIndexer(deps: {
  store: Pick<SearchStore, 'changes' | 'moved'>;
  index: Pick<SearchIndex, 'index' | 'cursor'>;
  /** Milliseconds after which is looked without having been told. */
  pollMs: number;
  log: Log;
}): Indexer {
  const { store, index, pollMs, log } = deps;
  let wake: (() => void) | undefined;

  /** Whether there is more. */
  const step = async (): Promise<boolean> => {
    const { messages, cursors, more } = await store.changes(index.cursor, BATCH);
    if (messages.length > 0) await index.index(messages);
    if (cursors.length > 0) await store.moved(index.cursor, cursors);
    return more;
  };

  return {
    grew: () => wake?.(),
    open() {
      let closed = false;
      let timer: NodeJS.Timeout | undefined;
      let ended: Promise<void> = Promise.resolve();
      let news = false;
      let busy = false;
      let rested = 0;

      const run = async () => {
        busy = true;
        news = false;
        let more = false;
        const began = performance.now();
        try {
          more = await step();
        } catch (error) {
          const level = error instanceof Unreachable ? 'warn' : 'error';
          log[level]({ err: error }, 'the search index could not be brought up to date; it is tried again');
        }
        busy = false;
        const took = performance.now() - began;
        rested = performance.now() + Math.min(pollMs, took * REST);
        if (more) plan(news ? Math.max(BREATHER, took) : BREATHER);
        else plan(news ? gathering() : pollMs);
      };
      const gathering = () => Math.max(Math.min(GATHER, pollMs / 2), rested - performance.now());
      const plan = (ms: number) => {
        if (closed) return;
        clearTimeout(timer);
        timer = setTimeout(() => {
          timer = undefined;
          ended = run();
        }, ms);
      };
      const mine = () => {
        if (news) return;
        news = true;
        if (!busy) plan(gathering());
      };
      wake = mine;
      plan(0);
      return {
        async [Symbol.asyncDispose]() {
          closed = true;
          clearTimeout(timer);
          if (wake === mine) wake = undefined;
          await ended;
        },
      };
    },
  };
}
