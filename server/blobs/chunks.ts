// The form of an encrypted file: chunks of 64 KiB, each sealed by AES-256-GCM for its place, so that any range is read without the rest.
//
//     chunk 0:   "FCF1" (4)  key id (8)  nonce (12)  sealed bytes  tag (16)
//     chunk n:                           nonce (12)  sealed bytes  tag (16)
//
// All but the last are 65,536 bytes with everything. What a chunk's tag also vouches for: magic, key id, its index, and whether it is the
// last. The keys are of this file alone: HKDF-SHA256 over the key of ENCRYPTION_KEY and the name under which the file lies. So nothing can
// be cut off, added, moved, or brought in from another file without being noticed. A nonce is an HMAC over the place and the bytes: the same
// bytes sent again become the same chunk, of which a service may hold a part already, and other bytes get another nonce.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { keyIdOf } from '../auth/key-id.ts';
import { HubError } from '../hub/errors.ts';

const CIPHER = 'aes-256-gcm';
const MAGIC = Buffer.from('FCF1');
const NONCE = 12;
const TAG = 16;
const HEADER = MAGIC.length + 8;

/** Bytes of a whole chunk as it is kept. */
export const CHUNK = 64 * 1024;
const FIRST = CHUNK - HEADER - NONCE - TAG;
const NEXT = CHUNK - NONCE - TAG;

/** Where the bytes of a chunk begin in the file. */
export const startOf = (index: number): number => (index === 0 ? 0 : FIRST + (index - 1) * NEXT);
/** The chunk in which a byte of the file is. */
export const indexOf = (at: number): number => (at < FIRST ? 0 : 1 + Math.floor((at - FIRST) / NEXT));
/** The last chunk of a file of so many bytes; an empty file has one too. */
export const lastOf = (size: number): number => (size === 0 ? 0 : indexOf(size - 1));
/** How large a file is as it is kept. */
export const keptSize = (size: number): number => size + HEADER + (lastOf(size) + 1) * (NONCE + TAG);
/** The reverse. @throws HubError `internal` when no file is so large */
export function sizeOfKept(kept: number): number {
  const size = kept - HEADER - Math.ceil(kept / CHUNK) * (NONCE + TAG);
  if (size < 0 || keptSize(size) !== kept) throw damaged();
  return size;
}

export const damaged = () =>
  new HubError(
    'internal',
    'This file is damaged where it is kept, or was encrypted with another ENCRYPTION_KEY.',
  );

/** Seals and opens the chunks of one file. */
export interface ChunkSealer {
  readonly keyId: string;
  seal(bytes: Uint8Array, index: number, last: boolean): Buffer;
  /** @throws HubError `conflict` when another key sealed it, `internal` when it is not what was sealed for this place */
  open(chunk: Buffer, index: number, last: boolean): Buffer;
}

/** @param name under which the file lies */
export function createChunkSealer(key: Buffer, name: string): ChunkSealer {
  const keyId = keyIdOf(key);
  const header = Buffer.concat([MAGIC, Buffer.from(keyId, 'hex')]);
  const keys = Buffer.from(hkdfSync('sha256', key, '', `first-court file ${name}`, 64));
  const [fileKey, nonceKey] = [keys.subarray(0, 32), keys.subarray(32)];
  function vouched(index: number, last: boolean): Buffer {
    const place = Buffer.alloc(9);
    place.writeBigUInt64BE(BigInt(index));
    place[8] = last ? 1 : 0;
    return Buffer.concat([header, place]);
  }
  return {
    keyId,
    seal(bytes, index, last) {
      const place = vouched(index, last);
      const nonce = createHmac('sha256', nonceKey).update(place).update(bytes).digest().subarray(0, NONCE);
      const cipher = createCipheriv(CIPHER, fileKey, nonce).setAAD(place);
      const sealed = cipher.update(bytes);
      cipher.final();
      return Buffer.concat([...(index === 0 ? [header] : []), nonce, sealed, cipher.getAuthTag()]);
    },
    open(chunk, index, last) {
      const from = index === 0 ? HEADER : 0;
      if (chunk.length < from + NONCE + TAG) throw damaged();
      if (index === 0 && !chunk.subarray(0, HEADER).equals(header)) {
        if (!chunk.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged();
        throw new HubError(
          'conflict',
          `This file was encrypted with another ENCRYPTION_KEY (${chunk.toString('hex', MAGIC.length, HEADER)}). Put that key back.`,
        );
      }
      const sealed = from + NONCE;
      const decipher = createDecipheriv(CIPHER, fileKey, chunk.subarray(from, sealed), { authTagLength: TAG })
        .setAAD(vouched(index, last))
        .setAuthTag(chunk.subarray(chunk.length - TAG));
      const opened = decipher.update(chunk.subarray(sealed, chunk.length - TAG));
      try {
        decipher.final();
      } catch {
        throw damaged();
      }
      return opened;
    },
  };
}
