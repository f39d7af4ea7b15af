// Google's OAuth: codes with PKCE, refresh tokens that can be revoked, service accounts by signed assertion, ID tokens with whatever is wrong with them.
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import type { AccessToken, Account } from './accounts.ts';
import { type Answer, oauthProblem } from './answers.ts';
import { authorize, type Consent } from './consent.ts';
import { type Algorithm, createKeys, ISSUER } from './keys.ts';

/** Where real assertions are addressed to, by newer and by older libraries of the vendor, which cannot be told otherwise. */
const TOKEN_URLS = ['https://oauth2.googleapis.com/token', 'https://www.googleapis.com/oauth2/v4/token'];
const HOUR = 3600;

export type OAuth = Awaited<ReturnType<typeof createOAuth>>;

export async function createOAuth({ accounts, now }: { accounts: Map<string, Account>; now(): number }) {
  const keys = await createKeys();
  const client = {
    client_id: `${randomUUID()}.apps.googleusercontent.com`,
    client_secret: `GOCSPX-${randomUUID()}`,
  };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const service = {
    type: 'service_account',
    client_email: 'hub@first-court.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    private_key_id: randomUUID(),
  };
  const codes = new Map<string, Consent>();
  const refreshTokens = new Map<string, { account: Account; scope: string }>();
  const accessTokens = new Map<string, AccessToken>();

  function access(account: Account | undefined, scope: string) {
    const token = `ya29.${randomUUID()}`;
    accessTokens.set(token, {
      account,
      scopes: new Set(scope.split(' ')),
      expiresAt: now() + oauth.lifetime * 1000,
    });
    return { access_token: token, expires_in: oauth.lifetime, scope, token_type: 'Bearer' };
  }

  async function idToken({ account, nonce }: Consent): Promise<string> {
    const iat = Math.floor(now() / 1000);
    const claims: JWTPayload = {
      iss: ISSUER,
      azp: client.client_id,
      aud: client.client_id,
      sub: account.sub,
      email: account.email,
      email_verified: account.verified,
      name: account.name,
      iat,
      exp: iat + HOUR,
      ...(account.hd && { hd: account.hd }),
      ...(nonce !== undefined && { nonce }),
      ...oauth.claims,
    };
    return (oauth.forger ?? keys).sign(claims, oauth.algorithm);
  }

  async function redeemCode(form: URLSearchParams): Promise<Answer> {
    const consent = codes.get(form.get('code') ?? '');
    // Used once, whatever comes of it.
    codes.delete(form.get('code') ?? '');
    if (!consent) return oauthProblem('invalid_grant', 'Malformed auth code.');
    if (consent.redirectUri !== form.get('redirect_uri'))
      return oauthProblem('redirect_uri_mismatch', 'Bad Request');
    const verifier = form.get('code_verifier');
    if (consent.challenge !== undefined) {
      if (!verifier) return oauthProblem('invalid_grant', 'Missing code verifier.');
      if (createHash('sha256').update(verifier).digest('base64url') !== consent.challenge)
        return oauthProblem('invalid_grant', 'Invalid code verifier.');
    }
    const refresh = `1//${randomUUID()}`;
    if (consent.offline) refreshTokens.set(refresh, consent);
    return {
      status: 200,
      body: {
        ...access(consent.account, consent.scope),
        ...(consent.offline && { refresh_token: refresh }),
        ...(consent.scope.split(' ').includes('openid') && { id_token: await idToken(consent) }),
      },
    };
  }

  async function redeemAssertion(assertion: string): Promise<Answer> {
    const verified = await jwtVerify(assertion, publicKey, {
      issuer: service.client_email,
      audience: TOKEN_URLS,
      currentDate: new Date(now()),
      requiredClaims: ['exp', 'iat', 'scope'],
      maxTokenAge: HOUR,
    }).catch((error: Error) => error);
    if (verified instanceof errors.JWSSignatureVerificationFailed)
      return oauthProblem('invalid_grant', 'Invalid JWT Signature.');
    if (verified instanceof Error)
      return oauthProblem(
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token and in a reasonable timeframe. Check your iat and exp values.',
      );
    const { sub, scope } = decodeJwt<{ scope: string }>(assertion);
    if (sub === undefined) return { status: 200, body: access(undefined, scope) };
    const refused = 'Client is unauthorized to retrieve access tokens using this method.';
    if (!scope.split(' ').every(one => oauth.delegated.has(one)))
      return oauthProblem('unauthorized_client', refused, 401);
    const account = accounts.get(sub);
    if (!account) return oauthProblem('invalid_grant', 'Invalid email or User ID');
    return { status: 200, body: access(account, scope) };
  }

  const oauth = {
    client,
    service,
    keys,
    /** Signs ID tokens with keys that are not published, when set. */
    forger: undefined as Awaited<ReturnType<typeof createKeys>> | undefined,
    algorithm: 'RS256' as Algorithm,
    /** On top of the right claims of every ID token. */
    claims: {} as JWTPayload,
    /** Seconds that access tokens live. */
    lifetime: HOUR,
    signedIn: undefined as string | undefined,
    withheld: new Set<string>(),
    /** Scopes that the domain's administrator gave the service account for everybody. */
    delegated: new Set<string>(),

    authorize: (params: URLSearchParams) =>
      authorize(params, {
        clientId: client.client_id,
        accounts,
        signedIn: oauth.signedIn,
        withheld: oauth.withheld,
        agree(consent) {
          const code = `4/${randomUUID()}`;
          codes.set(code, consent);
          return code;
        },
      }),

    async token(form: URLSearchParams): Promise<Answer> {
      const grant = form.get('grant_type');
      if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer')
        return redeemAssertion(form.get('assertion') ?? '');
      if (form.get('client_id') !== client.client_id || form.get('client_secret') !== client.client_secret)
        return oauthProblem('invalid_client', 'Unauthorized', 401);
      if (grant === 'authorization_code') return redeemCode(form);
      if (grant !== 'refresh_token') return oauthProblem('unsupported_grant_type', `Invalid: ${grant}`);
      const held = refreshTokens.get(form.get('refresh_token') ?? '');
      if (!held) return oauthProblem('invalid_grant', 'Token has been expired or revoked.');
      return { status: 200, body: access(held.account, held.scope) };
    },

    /** A refresh token as an earlier consent left it. */
    grant(email: string, scopes: readonly string[]): string {
      const account = accounts.get(email);
      if (!account) throw new Error(`Nobody here is called ${email}`);
      const token = `1//${randomUUID()}`;
      refreshTokens.set(token, { account, scope: scopes.join(' ') });
      return token;
    },
    /** The person takes the consent back on their account page. */
    revoke(email: string): void {
      for (const [token, { account }] of refreshTokens)
        if (account.email === email) refreshTokens.delete(token);
      oauth.expire(email);
    },
    /** Access tokens given so far are not taken any more. */
    expire(email?: string): void {
      for (const token of accessTokens.values())
        if (email === undefined || token.account?.email === email) token.expiresAt = 0;
    },
    bearer(header: string | undefined): AccessToken | undefined {
      const token = accessTokens.get(/^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? '');
      return token && token.expiresAt > now() ? token : undefined;
    },
  };
  return oauth;
}
