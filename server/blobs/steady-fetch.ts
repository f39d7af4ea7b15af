// A fetch that does not wait for ever, and tries again what may be asked twice.
import { setTimeout as delay } from 'node:timers/promises';
import type { Patience } from './open.ts';
import { AGAIN, PAUSE_MS } from './web-read.ts';

/** A piece that a slow line carries takes longer than an answer. */
const BODY = 6;

/** Every request must be one that does no harm when it comes twice; bodies are whole. */
export function createSteadyFetch({ timeout, attempts }: Patience): typeof fetch {
  return async (input, init) => {
    const patience = init?.body ? timeout * BODY : timeout;
    for (let tried = 1; ; tried++) {
      try {
        const answer = await fetch(input, { ...init, signal: AbortSignal.timeout(patience) });
        if (tried >= attempts || !AGAIN.has(answer.status)) return answer;
        await answer.body?.cancel();
      } catch (error) {
        if (tried >= attempts) throw error;
      }
      await delay(PAUSE_MS * 2 ** (tried - 1));
    }
  };
}
