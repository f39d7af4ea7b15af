// Every way in which a call or a handshake can be refused; the hub answers with nothing else.
import { z } from 'zod';

export { httpStatus } from './http-status.ts';

export const errorCodes = [
  'bad_request',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'rate_limited',
  'unavailable',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export const wireError = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  /** Milliseconds after which the same call may succeed. */
  retryAfterMs: z.number().optional(),
  details: z.unknown().optional(),
});
export type WireError = z.infer<typeof wireError>;

export const refusalCodes = [
  'unauthenticated',
  'token_expired',
  'unsupported_protocol',
  'rate_limited',
  'unavailable',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** `err.data` of a `connect_error`. */
export const refusal = z.object({
  code: z.enum(refusalCodes),
  message: z.string(),
  retryAfterMs: z.number().optional(),
});
export type Refusal = z.infer<typeof refusal>;

/** The ack of every call. */
export type Reply<T> = { ok: true; data: T } | { ok: false; error: WireError };
