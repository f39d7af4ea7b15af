// What an error of Google's client means for us: wait, ask the person again, ask the operator, start over.

export type Trouble =
  /** Too many requests; `ms` when Google says how long. */
  | { readonly kind: 'busy'; readonly ms?: number }
  /** Not there, too slow, or broken for now. */
  | { readonly kind: 'away'; readonly reason: string }
  /** The person took the consent back or it ran out, or Google knows nobody of this name in the domain. */
  | { readonly kind: 'revoked' }
  /** An access token is not taken, though the library would have asked for a new one. */
  | { readonly kind: 'unauthorized' }
  /** An assertion that was signed at what Google holds for the wrong time. */
  | { readonly kind: 'clock' }
  /** The consent, or the delegation, is for less than this. */
  | { readonly kind: 'scope' }
  /** The client or the service account itself is not taken. */
  | { readonly kind: 'credentials'; readonly reason: string }
  /** A sync token is too old. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'missing' };

const TOO_MANY = ['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'dailyLimitExceeded'];
/** Of the token endpoint; `invalid_grant` is apart, since it is about one person. */
const BAD_CLIENT = [
  'invalid_client',
  'unauthorized_client',
  'deleted_client',
  'invalid_scope',
  'org_internal',
];

/** As gaxios throws them. */
interface Failure {
  readonly message?: string;
  readonly code?: string | number;
  readonly response?: {
    readonly status: number;
    readonly headers: Headers;
    readonly data?: unknown;
  };
}

/** @throws the error itself when it is none of Google's client: a fault of ours is no trouble of Google's */
export function troubleOf(error: unknown): Trouble {
  if (!Object.hasOwn(Object(error), 'config')) throw error;
  const { response, message = String(error) } = error as Failure;
  if (!response) return { kind: 'away', reason: message };
  const { status, headers } = response;
  const { error: problem, error_description: description } = Object(response.data) as Record<string, unknown>;
  if (typeof problem === 'string') {
    if (problem === 'invalid_grant') {
      const said = String(description);
      if (/iat and exp/.test(said)) return { kind: 'clock' };
      // Of a service account whose key was taken away, or which is no more.
      return /^Invalid JWT|account not found/.test(said)
        ? { kind: 'credentials', reason: said.replace(/\.$/, '') }
        : { kind: 'revoked' };
    }
    if (BAD_CLIENT.includes(problem)) return { kind: 'credentials', reason: problem };
  }
  const reasons = reasonsOf(problem);
  if (status === 429 || (status === 403 && reasons.some(reason => TOO_MANY.includes(reason)))) {
    const ms = waitOf(headers.get('retry-after'));
    return { kind: 'busy', ...(ms !== undefined && { ms }) };
  }
  if (status === 401) return { kind: 'unauthorized' };
  if (status === 403)
    return reasons.includes('accessNotConfigured')
      ? { kind: 'credentials', reason: 'the API is not switched on in this Google Cloud project' }
      : { kind: 'scope' };
  if (status === 404) return { kind: 'missing' };
  if (status === 410) return { kind: 'gone' };
  return { kind: 'away', reason: `Google answered with ${status}` };
}

function reasonsOf(problem: unknown): string[] {
  const { errors } = Object(problem) as { errors?: unknown };
  return Array.isArray(errors) ? errors.map(one => String(Object(one).reason)) : [];
}

/** Of a Retry-After in seconds or as a date. */
function waitOf(header: string | null): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
