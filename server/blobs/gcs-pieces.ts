// Large objects at Google: each piece is an object of its own beside what is known of the upload, and in the end Google composes them.
import type { Bucket } from '@google-cloud/storage';
import type { Pieces } from './bucket.ts';
import { UNFINISHED } from './bucket-uploads.ts';
import { filesOf } from './gcs.ts';
import { PIECE, pieceBytes } from './piece-bytes.ts';

/** What Google composes at once. */
const COMPOSE = 32;
/** Far more than any file has. */
const PIECES = 1_000_000;
const TYPE = 'application/octet-stream';

export function createGcsPieces(google: Bucket): Pieces {
  const folder = (key: string) => `${UNFINISHED}${key}/`;
  // In order as names too.
  const pieceName = (key: string, index: number) => `${folder(key)}piece-${String(index).padStart(7, '0')}`;
  const length = (size: number) => pieceBytes(size, PIECES);

  async function join(names: readonly string[], into: string): Promise<void> {
    const target = google.file(into);
    target.metadata.contentType = TYPE;
    await google.combine([...names], target);
  }

  return {
    pieceBytes: length,
    begin: async () => '',
    async kept(key, _, size) {
      let kept = 0;
      for await (const { name, metadata } of filesOf(google, `${folder(key)}piece-`)) {
        const bytes = Number(metadata.size);
        // Behind a gap nothing counts.
        if (name !== pieceName(key, kept / length(size)) || bytes !== Math.min(length(size), size - kept))
          break;
        kept += bytes;
      }
      return kept;
    },
    async add(key, _, at, bytes, size) {
      await google.file(pieceName(key, at / length(size))).save(Buffer.from(bytes), {
        resumable: bytes.length > PIECE,
        validation: 'crc32c',
        contentType: TYPE,
      });
    },
    async complete(key, _, size) {
      let names = Array.from({ length: Math.ceil(size / length(size)) }, (_, index) => pieceName(key, index));
      for (let round = 0; names.length > COMPOSE; round++) {
        const joined: string[] = [];
        for (let at = 0; at < names.length; at += COMPOSE) {
          const into = `${folder(key)}round-${round}-${String(at).padStart(7, '0')}`;
          await join(names.slice(at, at + COMPOSE), into);
          joined.push(into);
        }
        names = joined;
      }
      await join(names, key);
    },
    // All of it lies under the upload's name, and goes and is listed with that.
    abort: async () => {},
    async *unfinished() {},
  };
}
