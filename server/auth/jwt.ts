// Access tokens as JWTs signed with HS256. Only what this secret signed for this hub counts: no header can name another key or algorithm.
import { errors, type JWTPayload, type JWTVerifyResult, jwtVerify, SignJWT } from 'jose';
import { type Claims, claims as claimsSchema } from '#shared/protocol/handshake.ts';
import { TOKEN_ISSUER } from '#shared/protocol/version.ts';
import { HubError } from '../hub/errors.ts';
import type { TokenSigner } from '../hub/ports-people.ts';

const ALGORITHM = 'HS256';
/** Clocks of two machines may differ by this many seconds. */
export const TOLERANCE = 5;
/** What `typ` may say, when it is there: an ID token or a refresh token of the same issuer must not pass (RFC 8725, 3.11). */
const TYPES = ['jwt', 'at+jwt', 'application/at+jwt'];

const refuse = (message: string, details?: object) => new HubError('unauthenticated', message, { details });

/** @param secret JWT_SECRET, the same on every node */
export function createJwt({ secret }: { secret: string }): TokenSigner {
  const key = new TextEncoder().encode(secret);
  const expected = {
    algorithms: [ALGORITHM],
    issuer: TOKEN_ISSUER,
    audience: TOKEN_ISSUER,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: TOLERANCE,
  };

  return {
    sign: ({ sub, ...rest }, seconds) => {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT(rest)
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(TOKEN_ISSUER)
        .setAudience(TOKEN_ISSUER)
        .setSubject(sub)
        .setJti(crypto.randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + seconds)
        .sign(key);
    },

    verify: token => claimsOf(jwtVerify(token, key, expected)),
  };
}

/**
 * What an access token says, once its signature, issuer and times are found good.
 * @param read makes our claims of the issuer's
 * @throws HubError as TokenSigner.verify does
 */
export async function claimsOf(
  verified: Promise<JWTVerifyResult>,
  read: (payload: JWTPayload) => unknown = payload => payload,
): Promise<Claims> {
  const { payload, protectedHeader } = await verified.catch((error: unknown) => {
    if (error instanceof errors.JWTExpired)
      throw refuse('This access token has expired. Get a fresh one.', { reason: 'token_expired' });
    if (error instanceof errors.JOSEError) throw refuse('This access token is not valid. Sign in again.');
    throw error;
  });
  const claims = claimsSchema.safeParse(read(payload));
  if (!claims.success || !TYPES.includes((protectedHeader.typ ?? 'JWT').toLowerCase()))
    throw refuse('This access token is not valid. Sign in again.');
  return claims.data;
}
