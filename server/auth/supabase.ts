// Access tokens of Supabase Auth beside our own: verified with the public keys that the project publishes, and with no other key.
import {
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { limits } from '#shared/protocol/primitives.ts';
import { Unreachable } from '../hub/errors.ts';
import type { TokenSigner } from '../hub/ports-people.ts';
import { claimsOf, TOLERANCE } from './jwt.ts';

/** The token's own fault; everything else is about fetching the keys. */
const NO_SUCH_KEY = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/**
 * The signer that also takes the tokens of a Supabase project. Signs as `own` does. Keys are fetched when the first such token comes,
 * kept for 10 min, and fetched again at most every 30 s when a token names an unknown one.
 * @param url of the project, without a slash at the end
 */
export function acceptSupabase(own: TokenSigner, url: string): TokenSigner {
  const issuer = `${url}/auth/v1`;
  const expected = {
    algorithms: ['ES256', 'RS256'],
    issuer,
    audience: 'authenticated',
    requiredClaims: ['exp', 'sub'],
    clockTolerance: TOLERANCE,
  };
  const published = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
    cacheMaxAge: 600_000,
    cooldownDuration: 30_000,
    timeoutDuration: 3000,
  });
  const keys: JWTVerifyGetKey = async (header, token) => {
    try {
      return await published(header, token);
    } catch (error) {
      if (NO_SUCH_KEY.some(kind => error instanceof kind)) throw error;
      throw new Unreachable(`The keys of Supabase Auth cannot be read: ${(error as Error).message}`, false);
    }
  };

  return {
    sign: own.sign,
    verify: token =>
      issuerOf(token) === issuer ? claimsOf(jwtVerify(token, keys, expected), read) : own.verify(token),
  };
}

/** Not to be believed yet: it only chooses who verifies. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/** `app_metadata` is written by the project's servers alone, `user_metadata` by the people themselves. */
function read(payload: JWTPayload): unknown {
  const {
    sub,
    exp,
    iat,
    session_id: sid,
    app_metadata: app,
    user_metadata: user,
    email,
    is_anonymous,
  } = payload;
  const { role } = Object(app);
  return {
    sub,
    exp,
    iat,
    sid,
    name: nameOf(Object(user), email) ?? `Member ${String(sub).slice(0, 4)}`,
    role: role === 'admin' ? 'admin' : is_anonymous === true ? 'guest' : 'member',
  };
}

/** The first that is there, cut to what a name may be. */
function nameOf(user: { name?: unknown; full_name?: unknown }, email: unknown): string | undefined {
  const local = typeof email === 'string' ? email.split('@')[0] : undefined;
  return [user.name, user.full_name, local]
    .filter(name => typeof name === 'string')
    .map(name =>
      name
        .replace(/\p{Cc}+/gu, ' ')
        .trim()
        .slice(0, limits.nameChars)
        .toWellFormed(),
    )
    .find(name => name !== '');
}
