// Jobs in order, one at a time, each repeated until it is done or given up. Bounded: what does not fit is refused.
import { runLoop } from './loops.ts';

export type Job = () => Promise<void>;

export interface Queue {
  /** False when it is full. */
  add(job: Job): boolean;
  /** Nothing waits, and nothing runs. */
  readonly idle: boolean;
  readonly done: Promise<void>;
}

/** @param failed the ms after which the job is tried again; undefined gives it up */
export function createQueue(
  signal: AbortSignal,
  most: number,
  failed: (error: unknown, tries: number) => number | undefined,
): Queue {
  const jobs: Job[] = [];
  let tries = 0;
  const next = () => {
    jobs.shift();
    tries = 0;
    return jobs.length > 0 ? 0 : 60_000;
  };
  const loop = runLoop(
    signal,
    async () => {
      const [job] = jobs;
      if (!job) return 60_000;
      await job();
      return next();
    },
    error => failed(error, tries++) ?? next(),
  );
  return {
    add(job) {
      if (jobs.length >= most) return false;
      jobs.push(job);
      // While a job waits to be tried again, another one must not hurry it.
      if (jobs.length === 1) loop.wake();
      return true;
    },
    get idle() {
      return jobs.length === 0;
    },
    done: loop.done,
  };
}
