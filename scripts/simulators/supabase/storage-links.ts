// Signed links of Supabase Storage: a token that stands for one object, for reading or for one upload, until it expires.
import { errors, jwtVerify, SignJWT } from 'jose';
import { StorageProblem } from './storage-problem.ts';

/** How long a link for an upload lasts, in seconds. */
const UPLOAD_SECONDS = 7200;

export function createLinks() {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const sign = (claims: object, seconds: number) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
      .sign(secret);
  async function open(token: string, place: string, purpose: 'read' | 'upload') {
    const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'] }).catch((error: unknown) => {
      throw new StorageProblem(
        400,
        'InvalidJWT',
        error instanceof errors.JWTExpired ? '"exp" claim timestamp check failed' : 'Invalid Compact JWS',
      );
    });
    if (payload.url !== place || payload.purpose !== purpose)
      throw new StorageProblem(400, 'InvalidSignature', 'The url do not match the signature');
    return payload;
  }
  return {
    /** `place` is `bucket/path`. */
    async toRead(place: string, seconds: number): Promise<string> {
      const token = await sign({ url: place, purpose: 'read' }, seconds);
      return `/object/sign/${encodeURI(place)}?token=${token}`;
    },
    async toUpload(place: string, upsert: boolean): Promise<{ url: string; token: string }> {
      const token = await sign({ url: place, purpose: 'upload', upsert }, UPLOAD_SECONDS);
      return { url: `/object/upload/sign/${encodeURI(place)}?token=${token}`, token };
    },
    /** @throws StorageProblem when the token is not for reading this */
    mayRead: async (place: string, token: string): Promise<void> => void (await open(token, place, 'read')),
    mayUpload: async (place: string, token: string): Promise<{ upsert: boolean }> => ({
      upsert: (await open(token, place, 'upload')).upsert === true,
    }),
  };
}
