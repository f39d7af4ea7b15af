// Seals secrets with AES-256-GCM under ENCRYPTION_KEY; the box holds the nonce, the tag, and what was sealed.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { HubError } from '../hub/errors.ts';
import type { Sealer } from '../hub/ports-court.ts';
import { keyIdOf } from './key-id.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param key 32 bytes */
export function createSealer(key: Buffer): Sealer {
  const keyId = keyIdOf(key);
  return {
    seal(secret, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return { keyId, box: Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64') };
    },
    open(sealed, context) {
      if (sealed.keyId !== keyId)
        throw new HubError(
          'conflict',
          `This secret was sealed with another ENCRYPTION_KEY (${sealed.keyId}). Put that key back, or give the hub the secret anew.`,
        );
      const box = Buffer.from(sealed.box, 'base64');
      const nonce = box.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(context))
        .setAuthTag(box.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      return (
        decipher.update(box.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      );
    },
  };
}
