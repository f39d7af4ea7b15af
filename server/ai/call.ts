// One call without a stream, with all the care: the breaker's leave, a watchdog, and further tries.
import { pause, waitBefore } from './attempts.ts';
import type { Breaker } from './breaker.ts';
import type { Tempo } from './tempo.ts';
import type { ProviderError, Vendor } from './trouble.ts';
import { openWatchdog, type Watchdog } from './watchdog.ts';

export interface Caller {
  readonly vendor: Vendor;
  readonly tempo: Tempo;
  readonly breaker: Breaker;
  asError(thrown: unknown): ProviderError;
}

/**
 * @throws ProviderError of the last try
 * @throws the signal's reason when it is aborted
 */
export async function call<T>(
  { vendor, tempo, breaker, asError }: Caller,
  signal: AbortSignal,
  work: (watchdog: Watchdog) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const ticket = breaker.admit();
  let over = ticket.abandoned;
  try {
    for (let tried = 1; ; tried++) {
      let wait: number | undefined;
      using watchdog = openWatchdog(vendor.name, tempo, signal);
      try {
        const result = await work(watchdog);
        over = ticket.succeeded;
        return result;
      } catch (thrown) {
        signal.throwIfAborted();
        const error = watchdog.stalled ?? asError(thrown);
        wait = waitBefore(error, tried, tempo);
        if (wait === undefined) {
          over = () => ticket.failed(error);
          throw error;
        }
      }
      await pause(wait, signal);
    }
  } finally {
    over();
  }
}
