// How Google words its answers: the JSON of an API error, and that of the token endpoint.

export interface Answer {
  readonly status: number;
  readonly body?: object | string | undefined;
  readonly headers?: Record<string, string> | undefined;
}

/** An error of Calendar or Drive. `reason` is what clients should look at, e.g. `rateLimitExceeded`. */
export function problem(status: number, reason: string, message: string, retryAfter?: number): Answer {
  const errors = [{ domain: status === 403 || status === 429 ? 'usageLimits' : 'global', reason, message }];
  return {
    status,
    body: { error: { code: status, message, errors } },
    headers: retryAfter === undefined ? undefined : { 'retry-after': String(retryAfter) },
  };
}

/** An error of the token endpoint. */
export const oauthProblem = (error: string, description: string, status = 400): Answer => ({
  status,
  body: { error, error_description: description },
});

export const notFound = (what: string): Answer => problem(404, 'notFound', `${what} not found.`);
