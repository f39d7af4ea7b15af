// Whether key and model are good, asked once in the background of a start: until it is known otherwise, the provider counts as ready.
import type { Log } from '../hub/ports.ts';
import type { Breaker } from './breaker.ts';
import type { ProviderError } from './trouble.ts';

/** @returns resolves, never rejects, when the look is over or `closing` ended it */
export function firstLook(
  look: () => Promise<void>,
  deps: {
    readonly provider: string;
    readonly model: string;
    readonly breaker: Breaker;
    readonly asError: (thrown: unknown) => ProviderError;
    readonly closing: AbortSignal;
    readonly log: Log;
  },
): Promise<void> {
  const { provider, model, breaker, asError, closing, log } = deps;
  const ticket = breaker.admit();
  return look().then(ticket.succeeded, thrown => {
    if (closing.aborted) return ticket.abandoned();
    const error = asError(thrown);
    ticket.failed(error);
    log.warn({ model, reason: error.message, next: error.next }, `${provider} was not found ready`);
  });
}
