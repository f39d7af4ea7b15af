// What only the holder may know: made at random, handed out once, kept as a hash.
import { createHash, randomBytes, randomInt } from 'node:crypto';

/** 256 random bits, safe in URLs, headers and cookies. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** SHA-256 in hex. Enough for secrets of 256 bits; passwords need a PasswordHasher. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** An id that people can read, such as `zoe-o-neil-4f8k2c` for "Zoë O'Neil"; the end is random, so that ids tell namesakes apart. */
export function newUserId(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 32)
    .replace(/^-|-$/g, '');
  const suffix = Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `${slug || 'user'}-${suffix}`;
}
