// Turns whatever a route throws into the protocol's JSON error, with the matching status. Faults of ours are logged, never shown.
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { type ErrorCode, httpStatus } from '#shared/protocol/errors.ts';
import { HubError, notFound, Unreachable, unavailable } from '../hub/errors.ts';
import type { Log } from '../hub/ports.ts';

/** For paths under /api that no route took. */
export const refuseUnknown: RequestHandler = () => {
  throw notFound('There is nothing at this address for this method.');
};

export function createErrorHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    // Too late for an answer of ours: Express cuts the connection.
    if (res.headersSent) return next(error);
    answer(res, asHubError(error) ?? fault(log, error, res));
  };
}

function answer(res: Response, error: HubError): void {
  if (error.code === 'unauthenticated') res.set('WWW-Authenticate', 'Bearer');
  if (error.retryAfterMs !== undefined) res.set('Retry-After', String(Math.ceil(error.retryAfterMs / 1000)));
  res.status(httpStatus[error.code]).json({ error: error.toWire() });
}

function asHubError(error: unknown): HubError | undefined {
  if (error instanceof HubError) return error;
  if (error instanceof Unreachable)
    return unavailable('The hub cannot reach its database right now. Try again soon.');
  return fromExpress(error as { status?: unknown; type?: unknown } | undefined);
}

const sentences: Record<string, [ErrorCode, string]> = {
  'entity.too.large': ['too_large', 'The body is larger than 64 KiB.'],
  'entity.parse.failed': ['bad_request', 'The body is not valid JSON.'],
  'encoding.unsupported': ['bad_request', 'The body must not be compressed.'],
  'charset.unsupported': ['bad_request', 'The body must be JSON in UTF-8.'],
};

/** Express and its body parser mark what the client did wrong with a status below 500. Their own words may quote the body. */
function fromExpress(error: { status?: unknown; type?: unknown } | undefined): HubError | undefined {
  if (typeof error?.status !== 'number' || error.status >= 500) return undefined;
  const [code, message] = sentences[String(error.type)] ?? ['bad_request', 'The request is malformed.'];
  return new HubError(code, message);
}

function fault(log: Log, err: unknown, res: Response): HubError {
  const request = String(res.getHeader('X-Request-Id'));
  log.error({ err, request }, 'A request failed');
  return new HubError('internal', `Something went wrong in the hub. Its log has more under ${request}.`);
}
