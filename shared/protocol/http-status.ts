// Apart from the other words of errors, which need zod: the web client does without it.
import type { ErrorCode } from './errors.ts';

/** HTTP status of each code, for the Express door and for clients that map back. */
export const httpStatus: Record<ErrorCode, number> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
};
