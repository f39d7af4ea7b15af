// The one error type of the domain: a code of the protocol and a sentence for the person who caused it.
import type { ErrorCode, WireError } from '#shared/protocol/errors.ts';

/** A refusal that the caller may see. Anything else that is thrown is a fault of ours and becomes `internal`. */
export class HubError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, extra: { retryAfterMs?: number; details?: unknown } = {}) {
    super(message);
    this.name = 'HubError';
    this.code = code;
    this.retryAfterMs = extra.retryAfterMs;
    this.details = extra.details;
  }

  toWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
      ...(this.details !== undefined && { details: this.details }),
    };
  }
}

export const forbidden = (message: string) => new HubError('forbidden', message);
export const notFound = (message: string) => new HubError('not_found', message);
export const unavailable = (message: string, retryAfterMs = 1000) =>
  new HubError('unavailable', message, { retryAfterMs });

/** When to come back, in ms: those who are refused together do not come back together. */
export const spread = (leastMs: number, overMs: number) => leastMs + Math.floor(Math.random() * overMs);

/** Too much is asked of this node. */
export const overloaded = () => unavailable('The hub is overloaded; try again.', spread(1000, 2000));

/** Nobody knows any more whether the work was done: the node closes before the database said so. There is no honest answer to it (I12). */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** Something we lean on, such as the database, did not do the work now. The caller is told `unavailable`. */
export class Unreachable extends Error {
  /** True when the outcome is unknown: the work may have been done. */
  readonly sent: boolean;

  constructor(message: string, sent: boolean) {
    super(message);
    this.sent = sent;
  }
}
