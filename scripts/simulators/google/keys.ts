// What Google signs ID tokens with: an RS256 and an ES256 key, published as JWKS.
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTPayload,
  SignJWT,
} from 'jose';

export type Algorithm = 'RS256' | 'ES256';

export interface Keys {
  /** What `/oauth2/v3/certs` answers. */
  readonly published: JSONWebKeySet;
  sign(claims: JWTPayload, algorithm: Algorithm): Promise<string>;
}

/** The issuer that stands in every ID token of Google, wherever its keys are fetched. */
export const ISSUER = 'https://accounts.google.com';

export async function createKeys(): Promise<Keys> {
  const pairs = new Map<Algorithm, { kid: string; privateKey: CryptoKey }>();
  const published: JSONWebKeySet = { keys: [] };
  for (const alg of ['RS256', 'ES256'] as const) {
    const { privateKey, publicKey } = await generateKeyPair(alg);
    const kid = crypto.randomUUID();
    pairs.set(alg, { kid, privateKey });
    published.keys.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
  }
  return {
    published,
    sign(claims, algorithm) {
      const pair = pairs.get(algorithm);
      if (!pair) throw new Error(`There is no ${algorithm} key`);
      return new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, kid: pair.kid, typ: 'JWT' })
        .sign(pair.privateKey);
    },
  };
}
