// Work that goes on as long as the adapter lives: it survives its errors, and its pauses end at once when there is something to do or all is over.

export interface Loop {
  /** Ends the pause, now or the next one. */
  wake(): void;
  /** Settles when the work has ended for good. */
  readonly done: Promise<void>;
}

/**
 * @param work says how many ms to pause before it runs again
 * @param failed says the same for a run that threw
 */
export function runLoop(
  signal: AbortSignal,
  work: () => Promise<number>,
  failed: (error: unknown) => number,
): Loop {
  let woken = false;
  let end = () => {};
  async function run(): Promise<void> {
    while (!signal.aborted) {
      let pause: number;
      try {
        pause = await work();
      } catch (error) {
        // It ended because all is over, which is no trouble.
        if (signal.aborted) return;
        pause = failed(error);
      }
      if (!woken)
        await sleep(pause, signal, early => {
          end = early;
        });
      woken = false;
    }
  }
  return {
    wake() {
      woken = true;
      end();
    },
    done: run(),
  };
}

/** Ends early, without an error, when the signal says so or the function that `hand` is given is called. */
export function sleep(ms: number, signal: AbortSignal, hand?: (end: () => void) => void): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve();
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    hand?.(end);
  });
}

/** Milliseconds before the next try: twice as long each time up to `most`, and never the same for all. */
export function backOff(tries: number, { least, most }: { least: number; most: number }): number {
  return Math.min(most, least * 2 ** Math.min(tries, 20)) * (0.5 + Math.random() / 2);
}
