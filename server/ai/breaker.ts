// A circuit breaker: after some failed calls in a row a provider is left alone for a while; then one call is let through to see.
import type { ProviderState } from '../hub/ports-ai.ts';
import type { Tempo } from './tempo.ts';
import { ProviderError } from './trouble.ts';

/** The right to make one call. Exactly one of its methods is called, once the call is over. */
export interface Ticket {
  succeeded(): void;
  failed(error: ProviderError): void;
  /** Whoever wanted it does not want it any more; nothing was learned. */
  abandoned(): void;
}

export interface Breaker {
  /** @throws ProviderError while the provider is left alone */
  admit(): Ticket;
  state(): ProviderState;
}

export function createBreaker(deps: { name: string; tempo: Tempo; now(): number }): Breaker {
  const { name, tempo, now } = deps;
  let failures = 0;
  let last: ProviderError | undefined;
  /** Until then nobody is let through; afterwards one, to see. */
  let restsUntil = 0;
  let resting = false;
  let trying = false;

  const rest = (error: ProviderError) => {
    resting = true;
    const least = error.again ? tempo.rest : tempo.longRest;
    restsUntil = now() + Math.max(least, error.retryAfterMs ?? 0);
  };

  return {
    admit() {
      const probing = resting;
      if (resting) {
        const wait = restsUntil - now();
        if (wait > 0 || trying)
          throw new ProviderError(
            last?.trouble ?? 'away',
            `${name} is left alone for now: ${last?.message}`,
            {
              retryAfterMs: Math.max(wait, 1000),
              ...(last?.next && { next: last.next }),
            },
          );
        trying = true;
      }
      const over = () => {
        if (probing) trying = false;
      };
      return {
        succeeded() {
          over();
          failures = 0;
          resting = false;
          last = undefined;
        },
        failed(error) {
          over();
          // A model that declines, or has too little room, answers.
          if (error.trouble === 'declined' || error.trouble === 'too_long') return;
          failures++;
          last = error;
          const long = (error.retryAfterMs ?? 0) > tempo.patience;
          if (probing || long || !error.again || failures >= tempo.failures) rest(error);
        },
        abandoned: over,
      };
    },
    state() {
      if (!last) return { state: 'ready' };
      if (last.next) return { state: 'failed', reason: last.message, next: last.next };
      return { state: 'degraded', reason: last.message };
    },
  };
}
