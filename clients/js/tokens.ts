// Access tokens: asks the program for them, in time, and reads from them when they end.
import { Alarm } from './alarm.ts';
import { backoffMs } from './backoff.ts';
import { CallError } from './errors.ts';
import type { ClientOptions } from './types.ts';

/** How long a program may take to get a token. */
const PATIENCE_MS = 30_000;

/** When a token ends, ms since 1970 by the hub's clock; undefined if it is not a JWT or never does. */
export function tokenExpiry(token: string): number | undefined {
  try {
    const payload = token.split('.')[1] ?? '';
    const { exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    // An opaque token: only the hub knows when it ends, and will say so.
    return undefined;
  }
}

/** Asks for a token; rejects as `unauthenticated` if the program says that there is none to be had, else as it failed. */
export async function askForToken(
  getToken: ClientOptions['getToken'],
  reason: 'connect' | 'expired',
): Promise<string> {
  const alarm = new Alarm();
  const patience = new Promise<never>((_, reject) => {
    alarm.set(PATIENCE_MS, () => reject(new Error('getToken took longer than 30 s')));
  });
  try {
    return await Promise.race([getToken({ reason }), patience]);
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: string };
    if (code !== 'unauthenticated') throw error;
    throw new CallError('unauthenticated', message ?? 'There is no token: sign in', { cause: error });
  } finally {
    alarm.clear();
  }
}

/** Swaps the token on an open session before it ends, for as long as the session lasts. */
export class TokenRefresher {
  readonly #alarm = new Alarm();
  readonly #swap: () => Promise<string>;
  readonly #warn: (error: Error) => void;
  /** What the hub's clock is ahead of ours. */
  #offsetMs = 0;
  /** Counts sessions, so that an answer that comes after the end of its session sets no timer. */
  #session = 0;
  #failures = 0;

  /** `swap` gets a new token, hands it to the hub, and returns it. */
  constructor(swap: () => Promise<string>, warn: (error: Error) => void) {
    this.#swap = swap;
    this.#warn = warn;
  }

  /** A session has begun with `token`. */
  start(token: string, serverTime: string): void {
    this.stop();
    this.#offsetMs = Date.parse(serverTime) - Date.now();
    this.#watch(token);
  }

  stop(): void {
    this.#session++;
    this.#failures = 0;
    this.#alarm.clear();
  }

  #watch(token: string): void {
    const expiry = tokenExpiry(token);
    if (expiry === undefined) return;
    const left = expiry - this.#offsetMs - Date.now();
    // A minute before the end, and of short-lived ones at three quarters of their life.
    this.#swapIn(Math.max(500, left - Math.min(60_000, left / 4)), token);
  }

  #swapIn(ms: number, token: string): void {
    const session = this.#session;
    this.#alarm.set(ms, async () => {
      try {
        const next = await this.#swap();
        if (session !== this.#session) return;
        if (next === token) throw new Error('getToken gave the token that is about to end once more');
        this.#failures = 0;
        this.#watch(next);
      } catch (error) {
        if (session !== this.#session) return;
        this.#warn(error as Error);
        this.#swapIn(500 + backoffMs(this.#failures++), token);
      }
    });
  }
}
