// Encryption at rest, around any storage: what is kept there is sealed in chunks, and only the chunks that a reader wants are opened.
import { Readable } from 'node:stream';
import type { Blobs, ByteRange } from '../hub/ports-files.ts';
import {
  CHUNK,
  type ChunkSealer,
  createChunkSealer,
  indexOf,
  lastOf,
  sizeOfKept,
  startOf,
} from './chunks.ts';
import { EncryptedUploads } from './encrypted-uploads.ts';
import type { OpenedBlobs } from './open.ts';
import { outside } from './trouble.ts';

/** @param key 32 bytes */
export function encrypt(plain: OpenedBlobs, key: Buffer): OpenedBlobs {
  const sealerOf = (name: string) => createChunkSealer(key, name);
  const blobs: Blobs = {
    kind: plain.kind,
    put: (name, bytes) => plain.put(name, sealAll(sealerOf(name), bytes), 'application/octet-stream'),
    async read(name, range) {
      const kept = await plain.size(name);
      const size = sizeOfKept(kept);
      const { start, end }: ByteRange = {
        start: range?.start ?? 0,
        end: Math.min(range?.end ?? size, size - 1),
      };
      if (range && start >= size) throw outside(size);
      const first = indexOf(start);
      const stop = Math.min((indexOf(Math.max(start, end)) + 1) * CHUNK, kept);
      const sealed = await plain.read(name, { start: first * CHUNK, end: stop - 1 });
      const opened = openAll(sealed, sealerOf(name), first, lastOf(size), start, end);
      // The first chunk is opened before anybody is told that there is something to read.
      const head = await opened.next();
      const stream = Readable.from(
        (async function* () {
          if (!head.done) yield head.value;
          yield* opened;
        })(),
        { objectMode: false },
      );
      stream.on('error', () => {});
      stream.on('close', () => sealed.destroy());
      return stream;
    },
    size: async name => sizeOfKept(await plain.size(name)),
    remove: names => plain.remove(names),
    list: () => plain.list(),
    link: async () => undefined,
    probe: () => plain.probe(),
  };
  return Object.assign(blobs, {
    uploads: new EncryptedUploads(plain.uploads, sealerOf),
    [Symbol.asyncDispose]: () => plain[Symbol.asyncDispose](),
  });
}

function sealAll(sealer: ChunkSealer, bytes: Uint8Array): Buffer {
  const last = lastOf(bytes.length);
  return Buffer.concat(
    Array.from({ length: last + 1 }, (_, index) =>
      sealer.seal(bytes.subarray(startOf(index), startOf(index + 1)), index, index === last),
    ),
  );
}

/** @param first the chunk that `sealed` begins with, `last` that of the file; `start` and `end` are bytes of the file */
async function* openAll(
  sealed: Readable,
  sealer: ChunkSealer,
  first: number,
  last: number,
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  let index = first;
  const open = (chunk: Buffer) => {
    const bytes = sealer.open(chunk, index, index === last);
    const at = startOf(index++);
    return bytes.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
  };
  let waiting: Buffer = Buffer.alloc(0);
  for await (const bytes of sealed as AsyncIterable<Buffer>) {
    waiting = waiting.length > 0 ? Buffer.concat([waiting, bytes]) : bytes;
    while (waiting.length >= CHUNK) {
      yield open(waiting.subarray(0, CHUNK));
      waiting = waiting.subarray(CHUNK);
    }
  }
  if (waiting.length > 0) yield open(waiting);
}
