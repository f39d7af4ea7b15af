// How long to wait before trying again: full jitter, so that a thousand clients of a fallen hub do not come back at once.

/** Of a connection: a crowd that lost its hub comes back spread over 5 s. A call that is put off can come sooner. */
export const RECONNECT = { firstMs: 5000 };

/** Of a connection that its hub ended in its own time, spread already: the next hub is to have it soon. */
export const SENT_ON = { firstMs: 250 };

/** Of a connection that a living hub turned away until later: the hub has spread its crowd already. */
export const ASKED_TO_WAIT = { firstMs: 500 };

export interface BackoffOptions {
  firstMs?: number;
  capMs?: number;
  /** In [0, 1). */
  random?: () => number;
}

/** Milliseconds before attempt number `attempt` (from 0): anywhere in 0 … min(capMs, firstMs * 2^attempt), after what the hub asked for. */
export function backoffMs(attempt: number, retryAfterMs = 0, options: BackoffOptions = {}): number {
  const { firstMs = 1000, capMs = 30_000, random = Math.random } = options;
  return retryAfterMs + Math.floor(random() * Math.min(capMs, firstMs * 2 ** attempt));
}
