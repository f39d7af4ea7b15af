// The few calls that go by HTTP: everything about signing in. Errors are sentences for the person who waits.
import type { User } from '../../js/index.ts';

/** What a sign-in answers with; the refresh token stays in a cookie that scripts cannot read. */
export interface Grant {
  accessToken: string;
  /** Seconds. */
  expiresIn: number;
  user: User;
}

/** `code` is the hub's, or `unreachable`. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type AuthCall = 'register' | 'login' | 'guest' | 'link' | 'refresh' | 'logout' | 'google/connect';

/** The ways in, beside coming as a guest. */
export interface SignInMethods {
  password: boolean;
  google: boolean;
}

/** @throws ApiError */
export const signInMethods = (): Promise<SignInMethods> => ask('methods');

/**
 * @param token for calls that need to know who calls
 * @throws ApiError
 */
export const postAuth = <T = Grant>(call: AuthCall, body: object = {}, token?: string): Promise<T> =>
  ask(call, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/auth/${path}`, init);
  } catch {
    throw new ApiError('unreachable', 'The hub cannot be reached. Check your connection and try again.');
  }
  const answer = await response.json().catch(() => undefined);
  if (response.ok) return answer as T;
  const { code, message } = answer?.error ?? {};
  if (typeof code === 'string' && typeof message === 'string') throw new ApiError(code, message);
  throw new ApiError('unreachable', `The hub answered with ${response.status}. Try again in a moment.`);
}
