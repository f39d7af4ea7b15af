// What goes wrong on demand: the next requests, or all, to some paths.
import type { Reach } from '../faults.ts';
import type { Answer } from './answers.ts';
import { problem } from './answers.ts';

export type Fault = (
  | { readonly kind: 'rateLimit403' }
  /** In seconds. */
  | { readonly kind: 'rateLimit429'; readonly retryAfter?: number }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'status'; readonly status: number }
  /** Carried out at once, answered late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The connection is cut instead of an answer. */
  | { readonly kind: 'cut' }
) &
  Reach;

/** What is answered in place of the real thing; undefined: the real thing. */
export function answerOf(fault: Fault | undefined): Answer | undefined {
  switch (fault?.kind) {
    case 'rateLimit403':
      return problem(403, 'rateLimitExceeded', 'Rate Limit Exceeded');
    case 'rateLimit429':
      return problem(429, 'rateLimitExceeded', 'Rate Limit Exceeded', fault.retryAfter);
    case 'unauthorized':
      return problem(401, 'authError', 'Invalid Credentials');
    case 'status':
      return problem(fault.status, 'backendError', 'Backend Error');
    default:
      return undefined;
  }
}
