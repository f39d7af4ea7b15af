// What names a key of ENCRYPTION_KEY beside what it sealed, without telling anything of it.
import { createHash } from 'node:crypto';

/** @returns 16 hexadecimal digits */
export const keyIdOf = (key: Buffer): string =>
  createHash('sha256').update('first-court key id').update(key).digest('hex').slice(0, 16);
