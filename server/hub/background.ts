// Work that repeats: each task waits for its last run, a failed run is logged and the next one comes all the same.
import { Unreachable } from './errors.ts';
import type { Log } from './ports.ts';

export interface Background extends AsyncDisposable {
  /** Runs `work` every `ms` milliseconds, counted from the end of the last run; the first time after `first`. */
  every(ms: number, name: string, work: () => void | Promise<void>, first?: number): void;
}

export function createBackground(log: Log): Background {
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let closed = false;
  return {
    every(ms, name, work, first = ms) {
      const run = async () => {
        try {
          await work();
        } catch (error) {
          const level = error instanceof Unreachable ? 'warn' : 'error';
          log[level]({ err: error, task: name }, 'background task failed');
        }
      };
      const plan = (wait: number) => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          const done = run().finally(() => {
            running.delete(done);
            if (!closed) plan(ms);
          });
          running.add(done);
        }, wait);
        timers.add(timer);
      };
      plan(first);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
