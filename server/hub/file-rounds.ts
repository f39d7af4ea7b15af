// Works off files that wait, a page at a time, on the node that holds the lease for it.
import { setTimeout as delay } from 'node:timers/promises';

/** Files of one page. */
export const PAGE = 20;
/** Milliseconds between two looks for new ones, and after a failure. */
const EVERY = 1000;
const AFTER_FAILURE = 5000;

/**
 * Goes on until disposed, and then waits for the page that is under way.
 * @param page does one, and tells whether there is more at once, nothing for now, or something that has to wait
 * @param failed is told what it throws
 */
export function openRounds(
  page: (signal: AbortSignal) => Promise<'more' | 'none' | 'failed'>,
  failed: (error: unknown) => void,
): AsyncDisposable {
  const end = new AbortController();
  const { signal } = end;
  const wait = (ms: number) => delay(ms, undefined, { signal }).catch(() => {});
  const work = async () => {
    while (!signal.aborted) {
      try {
        const left = await page(signal);
        if (left === 'failed') await wait(AFTER_FAILURE);
        else if (left === 'none') await wait(EVERY);
      } catch (error) {
        failed(error);
        await wait(AFTER_FAILURE);
      }
    }
  };
  const done = work();
  return {
    async [Symbol.asyncDispose]() {
      end.abort();
      await done;
    },
  };
}
