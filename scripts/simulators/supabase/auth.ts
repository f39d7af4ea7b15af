// The part of Supabase Auth that others lean on: signed access tokens, and the public keys to verify them with.
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';

export interface Auth {
  /** What `/auth/v1/.well-known/jwks.json` answers. */
  readonly keys: JSONWebKeySet;
  /** An access token as Supabase Auth makes them, an hour long; `claims` come on top. */
  signIn(claims?: JWTPayload): Promise<string>;
  /** True when the token is one of ours and still good. */
  isValid(token: string): Promise<boolean>;
  /** Signs with a new key from now on. The old one is published as long as `keep` says. */
  rotate(options?: { keep: boolean }): Promise<void>;
}

const ALGORITHM = 'ES256';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JSONWebKeySet['keys'][number];
}

async function makeKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  const kid = crypto.randomUUID();
  const jwk = {
    ...(await exportJWK(publicKey)),
    kid,
    alg: ALGORITHM,
    use: 'sig',
    key_ops: ['verify'],
    ext: true,
  };
  return { kid, privateKey, publicKey, jwk };
}

/** @param url of the project, without a slash at the end */
export async function createAuth(url: string): Promise<Auth> {
  let key = await makeKey();
  let published = [key];
  return {
    get keys() {
      return { keys: published.map(({ jwk }) => jwk) };
    },
    signIn: (claims = {}) =>
      new SignJWT({
        iss: `${url}/auth/v1`,
        sub: crypto.randomUUID(),
        aud: 'authenticated',
        role: 'authenticated',
        aal: 'aal1',
        session_id: crypto.randomUUID(),
        is_anonymous: false,
        app_metadata: { provider: 'email', providers: ['email'] },
        user_metadata: {},
        ...claims,
      })
        .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: 'JWT' })
        .setIssuedAt()
        .setExpirationTime(claims.exp ?? '1h')
        .sign(key.privateKey),
    async isValid(token) {
      for (const { publicKey } of published) {
        const verified = await jwtVerify(token, publicKey).catch(() => undefined);
        if (verified) return true;
      }
      return false;
    },
    async rotate({ keep } = { keep: true }) {
      key = await makeKey();
      published = keep ? [key, ...published] : [key];
    },
  };
}
