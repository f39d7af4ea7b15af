// Resumable uploads that are encrypted on their way. Only whole chunks are kept, so that a node that goes on with an upload needs nothing
// but the key: the offset that is told is where the last whole chunk ends, and what was sent behind it is sent again.
import { Readable } from 'node:stream';
import { DataStore, Upload } from '@tus/utils';
import { HubError } from '../hub/errors.ts';
import { CHUNK, type ChunkSealer, indexOf, keptSize, lastOf, sizeOfKept, startOf } from './chunks.ts';
import { type Cut, untilCut } from './until-cut.ts';

/** In what the storage knows of an unfinished upload. */
const SEALED_BY = 'sealedBy';

export class EncryptedUploads extends DataStore {
  private readonly inner: DataStore;
  private readonly sealerOf: (id: string) => ChunkSealer;

  constructor(inner: DataStore, sealerOf: (id: string) => ChunkSealer) {
    super();
    this.inner = inner;
    this.sealerOf = sealerOf;
    this.extensions = inner.extensions;
  }

  override async create(upload: Upload): Promise<Upload> {
    const { id, size = 0, metadata, creation_date } = upload;
    const { keyId } = this.sealerOf(id);
    await this.inner.create(
      new Upload({
        id,
        size: keptSize(size),
        offset: 0,
        metadata: { ...metadata, [SEALED_BY]: keyId },
        ...(creation_date && { creation_date }),
      }),
    );
    if (size === 0) await this.write(Readable.from([]), id, 0);
    return upload;
  }

  override async write(source: Readable, id: string, offset: number): Promise<number> {
    const { size = 0, metadata } = await this.inner.getUpload(id);
    const sealer = this.sealerOf(id);
    if (metadata && metadata[SEALED_BY] !== sealer.keyId)
      throw new HubError(
        'conflict',
        `This upload was begun with another ENCRYPTION_KEY (${metadata[SEALED_BY]}). Begin it anew.`,
      );
    const first = indexOf(offset);
    if (startOf(first) !== offset)
      throw new HubError('conflict', `The upload stands at ${startOf(first)}, not at ${offset}.`);
    const cut: Cut = {};
    const sealed = sealing(source, sealer, first, sizeOfKept(size), cut);
    const kept = await this.inner.write(Readable.from(sealed, { objectMode: false }), id, first * CHUNK);
    if ('error' in cut && kept < size) throw cut.error;
    return plainOffset(kept, size);
  }

  override async getUpload(id: string): Promise<Upload> {
    const { size = 0, offset, metadata, creation_date } = await this.inner.getUpload(id);
    const plainSize = sizeOfKept(size);
    // Its one chunk was not written when its node ended.
    if (plainSize === 0 && offset < size) await this.write(Readable.from([]), id, 0);
    const { [SEALED_BY]: _, ...own } = metadata ?? {};
    return new Upload({
      id,
      size: plainSize,
      offset: plainOffset(offset, size),
      ...(metadata && { metadata: own }),
      ...(creation_date && { creation_date }),
    });
  }

  override remove(id: string): Promise<void> {
    return this.inner.remove(id);
  }
}

/** @param kept bytes in the storage, of `size` that there will be */
const plainOffset = (kept: number, size: number): number =>
  kept === size ? sizeOfKept(size) : startOf(Math.floor(kept / CHUNK));

/** Whole chunks, from the first on; an error of the source ends them early and is left in `cut`. */
async function* sealing(
  source: Readable,
  sealer: ChunkSealer,
  first: number,
  size: number,
  cut: Cut,
): AsyncGenerator<Buffer> {
  const last = lastOf(size);
  let index = first;
  let waiting: Buffer[] = [];
  let length = 0;
  const room = () => (index === last ? size : startOf(index + 1)) - startOf(index);
  if (size === 0) yield sealer.seal(Buffer.alloc(0), 0, true);
  for await (const bytes of untilCut(source, cut)) {
    waiting.push(bytes);
    length += bytes.length;
    while (index <= last && length >= room()) {
      const all = Buffer.concat(waiting);
      const count = room();
      yield sealer.seal(all.subarray(0, count), index, index === last);
      index++;
      waiting = [all.subarray(count)];
      length -= count;
    }
  }
}
