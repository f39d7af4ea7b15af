// How Google Cloud Storage refuses: a status and JSON.
import type { Reply } from '../objects/server.ts';

const REASONS: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'authError',
  403: 'forbidden',
  404: 'notFound',
  412: 'conditionNotMet',
  416: 'requestedRangeNotSatisfiable',
  429: 'rateLimitExceeded',
};

export class GcsProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  reply(reason = REASONS[this.status] ?? 'backendError'): Reply {
    const { status: code, message } = this;
    return json({ error: { code, message, errors: [{ domain: 'global', reason, message }] } }, code);
  }
}

export const json = (body: unknown, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body: JSON.stringify(body),
});
