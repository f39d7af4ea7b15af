// Access tokens signed on this machine with the hub's own secret: for bots, tests and replays, by the operator.
import { SignJWT } from 'jose';
import { claims } from '../../shared/protocol/handshake.ts';
import type { PlatformRole } from '../../shared/protocol/models.ts';
import { TOKEN_ISSUER } from '../../shared/protocol/version.ts';

export interface TokenWish {
  user: string;
  name?: string | undefined;
  role: PlatformRole;
  /** Until it expires. */
  seconds: number;
}

export async function signToken(
  secret: string,
  { user, name = user, role, seconds }: TokenWish,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const { sub, exp, ...rest } = claims.omit({ iat: true }).parse({
    sub: user,
    name: name.slice(0, 80),
    role,
    exp: now + seconds,
  });
  return new SignJWT(rest)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_ISSUER)
    .setSubject(sub)
    .setIssuedAt(now)
    .setExpirationTime(exp)
    .sign(new TextEncoder().encode(secret));
}
