// Which hub a command talks to and as whom: options first, then COURT_URL and COURT_TOKEN, then what `court login` kept.
import { CallError } from '../js/errors.ts';
import { createApi } from './api.ts';
import type { Credentials, SignIn } from './credentials.ts';
import { CliError } from './errors.ts';

export const DEFAULT_URL = 'http://127.0.0.1:3000';
/** A token that ends sooner is not worth starting with, in milliseconds. */
const MARGIN = 30_000;

export interface Session {
  readonly url: string;
  getToken(context: { reason: 'connect' | 'expired' }): Promise<string>;
}

export interface SessionOptions {
  /** From --url. */
  url?: string | undefined;
  env: NodeJS.ProcessEnv;
  credentials: Credentials;
  signal: AbortSignal;
}

export async function resolveUrl({ url, env, credentials }: SessionOptions): Promise<string> {
  return normalUrl(url ?? (env.COURT_URL || (await credentials.current()) || DEFAULT_URL));
}

/** @throws CliError when it is not an address of a hub */
export function normalUrl(text: string): string {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new CliError(`"${text}" is not the URL of a hub. It looks like ${DEFAULT_URL}.`);
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** @throws CliError when nobody is signed in there */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { env, credentials, signal } = options;
  const url = await resolveUrl(options);
  const given = env.COURT_TOKEN;
  if (given) {
    const getToken: Session['getToken'] = async ({ reason }) => {
      if (reason === 'connect') return given;
      throw signedOut('The token in COURT_TOKEN has expired or is not valid here.');
    };
    return { url, getToken };
  }
  if (!(await credentials.at(url)))
    throw new CliError(`You are not signed in at ${url}. Run "court login" first.`);

  async function refreshed({ refreshToken }: SignIn): Promise<string> {
    if (refreshToken === undefined) throw signedOut(`Your token for ${url} has expired.`);
    try {
      const next = await createApi(url, signal).refresh(refreshToken);
      await credentials.save(url, next);
      return next.accessToken;
    } catch (error) {
      if (error instanceof CallError && error.code === 'unauthenticated')
        throw signedOut(`Your sign-in at ${url} has ended.`);
      throw error;
    }
  }

  return {
    url,
    async getToken({ reason }) {
      // Read each time: another `court` may have refreshed in the meantime.
      const kept = await credentials.at(url);
      if (!kept) throw signedOut(`You signed out at ${url}.`);
      const fresh = kept.expiresAt > Date.now() + MARGIN;
      return reason === 'connect' && fresh ? kept.accessToken : refreshed(kept);
    },
  };
}

/** The code tells the SDK that trying again is of no use. */
const signedOut = (why: string): CallError =>
  new CallError('unauthenticated', `${why} Run "court login" to sign in again.`);
