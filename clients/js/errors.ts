// The one error of the SDK: what became of a call, in words for people and a code for programs.
import type { ErrorCode, RefusalCode, WireError } from '../../shared/protocol/errors.ts';

/**
 * `unknown`: it left, and no answer came back, so it may or may not have happened; the same id again resolves it.
 * `not_sent`: it never left this machine, so it did not happen. All others are the hub's words.
 */
export type CallErrorCode = ErrorCode | RefusalCode | 'unknown' | 'not_sent';

/** What a failed call rejects with. */
export class CallError extends Error {
  override name = 'CallError';
  readonly code: CallErrorCode;
  /** Milliseconds after which the same call may succeed. */
  readonly retryAfterMs: number | undefined;
  readonly details: unknown;

  constructor(code: CallErrorCode, message: string, more: CallErrorDetails = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.retryAfterMs = more.retryAfterMs;
    this.details = more.details;
  }

  /** From what the hub answered or refused with. */
  static from(error: Omit<WireError, 'code'> & { code: CallErrorCode }): CallError {
    return new CallError(error.code, error.message, error);
  }
}

export interface CallErrorDetails {
  retryAfterMs?: number | undefined;
  details?: unknown;
  cause?: unknown;
}

const passing: ReadonlySet<CallErrorCode> = new Set<CallErrorCode>([
  'unknown',
  'not_sent',
  'rate_limited',
  'unavailable',
  'internal',
  'unauthenticated',
  'token_expired',
]);

/** It says no for now, not for good: the same call may succeed later. */
export const isPassing = (code: CallErrorCode): boolean => passing.has(code);
