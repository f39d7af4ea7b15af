// What every model behind a network needs around one summary: the breaker's leave, a watchdog, further tries before the first claim, and
// the bill. A provider adds how one try goes.
import { pause, waitBefore } from '../ai/attempts.ts';
import type { Breaker } from '../ai/breaker.ts';
import type { Tempo } from '../ai/tempo.ts';
import type { ProviderError, Vendor } from '../ai/trouble.ts';
import { openWatchdog, type Watchdog } from '../ai/watchdog.ts';
import type { Claim, Usage } from '../hub/ports-ai.ts';
import type { Tab, Tokens } from './tab.ts';

export interface Play {
  readonly vendor: Vendor;
  readonly tempo: Tempo;
  readonly breaker: Breaker;
  readonly tab: Tab;
  asError(thrown: unknown): ProviderError;
  /** One try. Returns a note when the answer is good but not whole. */
  answer(watchdog: Watchdog, tokens: Tokens): AsyncGenerator<Claim, string | undefined, undefined>;
}

/** @throws ProviderError, SummarizerError of the port, with what was spent */
export async function* conduct(play: Play, signal: AbortSignal): AsyncGenerator<Claim, Usage, undefined> {
  const { vendor, tempo, breaker, tab, asError, answer } = play;
  signal.throwIfAborted();
  const ticket = breaker.admit();
  let over = ticket.abandoned;
  let given = 0;
  try {
    for (let tried = 1; ; tried++) {
      let wait: number | undefined;
      using watchdog = openWatchdog(vendor.name, tempo, signal);
      const claims = answer(watchdog, tab.open());
      try {
        for (let next = await claims.next(); ; next = await claims.next()) {
          if (next.done) {
            over = ticket.succeeded;
            return tab.usage(next.value);
          }
          given++;
          yield next.value;
        }
      } catch (thrown) {
        signal.throwIfAborted();
        const error = watchdog.stalled ?? asError(thrown);
        // What was given cannot be taken back here; whoever comes next begins anew.
        wait = given > 0 ? undefined : waitBefore(error, tried, tempo);
        if (wait === undefined) {
          error.spent = tab.usage();
          over = () => ticket.failed(error);
          throw error;
        }
      } finally {
        // Whoever does not want the rest closes the stream.
        await claims.return(undefined);
      }
      await pause(wait, signal);
    }
  } finally {
    over();
  }
}
