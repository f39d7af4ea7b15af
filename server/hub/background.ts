// Work that repeats: each task waits for its last run, a failed run is logged and the next one comes all the same.
import { Unreachable } from './errors.ts';
import type { Log } from './ports.ts';

export interface Background extends AsyncDisposable {
  /** Runs `work` every `ms` milliseconds, counted from the end of the last run. */
  every(ms: number, name: string, work: () => void | Promise<void>): void;
}

export function createBackground(log: Log): Background {
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let closed = false;
  return {
    every(ms, name, work) {
      const run = async () => {
        try {
          await work();
        } catch (error) {
          const level = error instanceof Unreachable ? 'warn' : 'error';
          log[level]({ err: error, task: name }, 'background task failed');
        }
      };
      const plan = () => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          const done = run().finally(() => {
            running.delete(done);
            if (!closed) plan();
          });
          running.add(done);
        }, ms);
        timers.add(timer);
      };
      plan();
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
