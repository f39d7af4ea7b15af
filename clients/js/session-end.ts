// The hub's last words before it closes a connection, as an error a person can read.
import type { Push } from '../../shared/protocol/pushes.ts';
import type { CallErrorCode } from './errors.ts';
import { CallError } from './errors.ts';

type EndCode = Push<'session:end'>['code'];

const meanings: Record<EndCode, [CallErrorCode, string]> = {
  kicked: ['forbidden', 'An administrator ended this session'],
  expired: ['token_expired', 'The sign-in has ended'],
  revoked: ['unauthenticated', 'The sign-in was withdrawn: sign in again'],
  draining: ['unavailable', 'The hub restarts'],
  replaced: ['conflict', 'Another session took the place of this one'],
  too_slow: ['unavailable', 'The connection was too slow to follow'],
};

/** `details.end` is the hub's own code. */
export function sessionEnd({ code, retryAfterMs, reason }: Push<'session:end'>): CallError {
  const [as, message] = meanings[code];
  return new CallError(as, reason ? `${message}: ${reason}` : message, {
    retryAfterMs,
    details: { end: code },
  });
}
