// The hub's HTTP door as the command line needs it: signing in, refreshing, signing out.
import { z } from 'zod';
import { wireError } from '../../shared/protocol/errors.ts';
import { user } from '../../shared/protocol/models.ts';
import { CallError } from '../js/errors.ts';
import type { SignIn } from './credentials.ts';
import { CliError } from './errors.ts';

const grant = z.object({
  accessToken: z.string(),
  /** Seconds. */
  expiresIn: z.number(),
  user,
  refreshToken: z.string().optional(),
});

const botGrant = z.object({ token: z.string(), expiresIn: z.number(), user });

const me = z.object({ user, expiresAt: z.number() });

export interface Api {
  login(who: { email: string; password: string }): Promise<SignIn>;
  guest(name: string): Promise<SignIn>;
  /** With the secret of a one-time sign-in link. */
  link(secret: string): Promise<SignIn>;
  refresh(refreshToken: string): Promise<SignIn>;
  logout(kept: SignIn): Promise<void>;
  /** Makes a bot, or gives one a new token; with the token of an admin. `expiresIn` is in seconds. */
  bot(accessToken: string, bot: { name: string; id?: string }): Promise<z.infer<typeof botGrant>>;
  /** Asks whose token it is. */
  token(accessToken: string): Promise<SignIn>;
}

/** Methods throw CallError with the hub's words, or CliError when no hub answers at `url`. */
export function createApi(url: string, signal: AbortSignal): Api {
  async function request<T>(path: string, init: RequestInit, schema: z.ZodType<T>): Promise<T> {
    let response: Response;
    let body: unknown;
    try {
      response = await fetch(`${url}${path}`, { ...init, signal });
      body = await response.json().catch(() => undefined);
    } catch (error) {
      if (signal.aborted) throw error;
      throw noHub(url, error);
    }
    if (!response.ok) {
      const refused = z.object({ error: wireError }).safeParse(body);
      if (refused.success) throw CallError.from(refused.data.error);
    }
    const parsed = schema.safeParse(body);
    if (!response.ok || !parsed.success)
      throw new CliError(
        `What answers at ${url} is not a First Court hub (HTTP ${response.status} for ${path}).`,
      );
    return parsed.data;
  }

  const post = <T>(path: string, body: object, schema: z.ZodType<T>, bearer?: string) => {
    const headers = {
      'content-type': 'application/json',
      ...(bearer && { authorization: `Bearer ${bearer}` }),
    };
    return request(path, { method: 'POST', headers, body: JSON.stringify(body) }, schema);
  };

  async function signIn(path: string, body: object): Promise<SignIn> {
    const { expiresIn, refreshToken, ...rest } = await post(path, { ...body, refreshInBody: true }, grant);
    return { ...rest, expiresAt: Date.now() + expiresIn * 1000, ...(refreshToken && { refreshToken }) };
  }

  return {
    login: who => signIn('/api/auth/login', who),
    guest: name => signIn('/api/auth/guest', { name }),
    link: token => signIn('/api/auth/link', { token }),
    refresh: refreshToken => signIn('/api/auth/refresh', { refreshToken }),
    async logout({ refreshToken }) {
      if (refreshToken !== undefined) await post('/api/auth/logout', { refreshToken }, z.object({}));
    },
    bot: (accessToken, bot) => post('/api/auth/bots', bot, botGrant, accessToken),
    async token(accessToken) {
      const headers = { authorization: `Bearer ${accessToken}` };
      return { accessToken, ...(await request('/api/me', { headers }, me)) };
    },
  };
}

/** Nobody listens there, or the way is broken. */
export function noHub(url: string, error?: unknown): CliError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return new CliError(
    `No hub answers at ${url}${code ? ` (${code})` : ''}. Start it with "npm start", or name another with --url.`,
    { cause },
  );
}
