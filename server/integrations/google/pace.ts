// How fast Google is asked: at most ten requests a second, and not at all while Google says to wait.
import { setTimeout as delay } from 'node:timers/promises';
import { type Trouble, troubleOf } from './errors.ts';

export interface Pace {
  /**
   * Asks when it is time; once more, later and later, while Google is busy or away.
   * @throws what Google's client threw last, when it is no use to wait or nothing helped
   */
  ask<T>(request: () => Promise<T>): Promise<T>;
}

export interface PaceOptions {
  readonly signal: AbortSignal;
  /** Google has asked us to wait, or is away; undefined: it answered. */
  told(trouble: Trouble | undefined): void;
  /** Milliseconds between two requests: 600 a minute are allowed. */
  readonly gap?: number;
  /** Of the first wait, in ms; each next one is twice as long. */
  readonly wait?: number;
}

const TRIES = 5;
const LONGEST = 60_000;

export function createPace({ signal, told, gap = 100, wait = 1000 }: PaceOptions): Pace {
  /** When the next request may go, in ms of the monotonic clock. */
  let next = 0;

  async function turn(): Promise<void> {
    for (;;) {
      const now = performance.now();
      if (now >= next) break;
      // Another one may have moved it on meanwhile.
      await delay(next - now, undefined, { signal });
    }
    next = performance.now() + gap;
  }

  return {
    async ask(request) {
      for (let tries = 1; ; tries++) {
        await turn();
        try {
          const answer = await request();
          told(undefined);
          return answer;
        } catch (error) {
          signal.throwIfAborted();
          const trouble = troubleOf(error);
          if (trouble.kind !== 'busy' && trouble.kind !== 'away') throw error;
          told(trouble);
          if (tries === TRIES) throw error;
          const backOff = Math.min(wait * 2 ** (tries - 1), LONGEST) * (0.5 + Math.random() / 2);
          const asked = trouble.kind === 'busy' ? trouble.ms : undefined;
          if (trouble.kind === 'busy') next = performance.now() + (asked ?? backOff);
          else await delay(backOff, undefined, { signal });
        }
      }
    },
  };
}
