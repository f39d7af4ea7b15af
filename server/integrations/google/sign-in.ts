// Signing in with Google, by OpenID Connect: state, nonce and PKCE bind the answer to the browser that asked, and everything that the ID token
// says is checked here.
import { createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { limits } from '#shared/protocol/primitives.ts';
import {
  type Finished,
  type Identity,
  SignInRefused,
  type SignInService,
  type Wish,
} from '../../hub/ports-sign-in.ts';
import { type Consent, DRIVE, EVENTS, FREE_BUSY } from './access.ts';
import { type GoogleClient, type GoogleSettings, openClient } from './client.ts';
import { troubleOf } from './errors.ts';

export interface SignInSettings extends GoogleSettings {
  /** The one Workspace domain whose people may sign in. */
  readonly hostedDomain: string | undefined;
  /** Signs what the browser keeps meanwhile. The same on every node. */
  readonly secret: string;
  /** Where people reach the hub, known at the latest when it listens. */
  publicUrl(): string | undefined;
}

export const CALLBACK_PATH = '/api/auth/google/callback';
/** How long people may look at Google's page, in seconds. */
const PATIENCE = 600;
/** The vendor's library takes ID tokens for five minutes after their end; clocks need no more than this. */
const TOLERANCE = 5;
const ISSUERS = ['https://accounts.google.com', 'accounts.google.com'];

const keptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  wish: z.union([
    z.object({ kind: z.literal('enter') }),
    z.object({ kind: z.literal('connect'), user: z.string() }),
  ]),
});

const random = () => randomBytes(32).toString('base64url');

/** Undefined without an OAuth client: a service account signs nobody in. */
export function createGoogleSignIn(settings: SignInSettings): SignInService | undefined {
  const { credentials, hostedDomain, rootUrl, publicUrl } = settings;
  const { client } = credentials;
  if (!client) return undefined;
  const key = new Uint8Array(hkdfSync('sha256', settings.secret, '', 'google sign-in', 32));
  const keys = createRemoteJWKSet(new URL('/oauth2/v3/certs', rootUrl ?? 'https://www.googleapis.com'), {
    timeoutDuration: 5000,
  });
  let opened: Promise<GoogleClient> | undefined;
  const oauth = async () => {
    opened ??= openClient(settings, new AbortController().signal);
    return (await opened).person(`${publicUrl()}${CALLBACK_PATH}`);
  };

  async function readKept(keep: string | undefined) {
    const verified = await jwtVerify(keep ?? '', key, {
      algorithms: ['HS256'],
      requiredClaims: ['exp'],
    }).catch(() => undefined);
    const kept = keptSchema.safeParse(verified?.payload);
    if (!kept.success)
      throw new SignInRefused('stale', 'the browser brought no cookie of ours, or an old one');
    return kept.data;
  }

  async function checkIdToken(token: string | null | undefined, nonce: string): Promise<Identity> {
    const { payload } = await jwtVerify(token ?? '', keys, {
      algorithms: ['RS256', 'ES256'],
      issuer: ISSUERS,
      audience: client?.id ?? '',
      requiredClaims: ['exp', 'iat', 'sub'],
      clockTolerance: TOLERANCE,
    }).catch((error: unknown) => {
      const refusal = isAway(error) ? 'unavailable' : 'refused';
      throw new SignInRefused(refusal, `the ID token was not taken: ${(error as Error).message}`);
    });
    if (!same(payload.nonce, nonce)) throw new SignInRefused('refused', 'the nonce is not ours');
    if (payload.azp !== undefined && payload.azp !== client?.id)
      throw new SignInRefused('refused', 'the ID token was made for another client');
    if (hostedDomain !== undefined && payload.hd !== hostedDomain)
      throw new SignInRefused('domain', 'the account is not of GOOGLE_HOSTED_DOMAIN');
    const { email, email_verified } = payload;
    if (typeof email !== 'string' || email_verified !== true)
      throw new SignInRefused('unverified', 'the e-mail address is not verified at Google');
    const address = email.toLowerCase();
    return { vendor: 'google', id: payload.sub ?? '', email: address, name: nameOf(payload, address) };
  }

  return {
    async begin(wish) {
      const [state, nonce, verifier] = [random(), random(), random()];
      const url = (await oauth()).generateAuthUrl({
        ...askFor(wish),
        state,
        nonce,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256' as never,
        ...(hostedDomain && { hd: hostedDomain }),
      });
      const keep = await new SignJWT({ state, nonce, verifier, wish })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime(`${PATIENCE} s`)
        .sign(key);
      return { url, keep, seconds: PATIENCE };
    },

    async finish({ keep, params }): Promise<Finished> {
      const { state, nonce, verifier, wish } = await readKept(keep);
      if (!same(params.state, state)) throw new SignInRefused('stale', 'the state is not ours');
      if (params.error === 'access_denied') throw new SignInRefused('cancelled', 'they said no at Google');
      if (typeof params.code !== 'string')
        throw new SignInRefused('refused', 'Google sent neither a code nor a reason that we know');
      const { tokens } = await (await oauth())
        .getToken({ code: params.code, codeVerifier: verifier })
        .catch((error: unknown) => {
          const { kind } = troubleOf(error);
          throw new SignInRefused(
            kind === 'revoked' ? 'stale' : 'unavailable',
            `Google did not take the code: ${(error as Error).message}`,
          );
        });
      const identity = await checkIdToken(tokens.id_token, nonce);
      const consent: Consent = {
        email: identity.email,
        scopes: (tokens.scope ?? '').split(' '),
        ...(tokens.refresh_token && { refreshToken: tokens.refresh_token }),
      };
      return { wish, identity, secret: JSON.stringify(consent) };
    },
  };
}

function askFor(wish: Wish) {
  if (wish.kind === 'enter') return { scope: ['openid', 'email', 'profile'], prompt: 'select_account' };
  return {
    scope: ['openid', 'email', 'profile', FREE_BUSY, EVENTS, DRIVE],
    // Only so does Google give a refresh token again to somebody who gave consent before.
    prompt: 'consent',
    access_type: 'offline',
    include_granted_scopes: true,
  };
}

/** In constant time. */
function same(given: unknown, right: string): boolean {
  const [a, b] = [Buffer.from(String(given)), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** About fetching the keys, and not about the token. */
const isAway = (error: unknown) =>
  !(error instanceof errors.JOSEError) ||
  error instanceof errors.JWKSTimeout ||
  error.code === 'ERR_JOSE_GENERIC';

function nameOf({ name, email }: JWTPayload, address: string): string {
  const wanted = typeof name === 'string' ? name : String(email).split('@')[0];
  const clean = (wanted ?? address)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, limits.nameChars)
    .toWellFormed();
  return clean || address.slice(0, limits.nameChars);
}
