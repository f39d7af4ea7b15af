// Resumable uploads into a bucket: pieces as the service takes them, and what does not fill a piece yet as an object of its own beside them.
// Everything that is known of an upload lies in the bucket, so that any node goes on with it.
import type { Readable } from 'node:stream';
import { DataStore, Upload } from '@tus/utils';
import { z } from 'zod';
import { HubError } from '../hub/errors.ts';
import type { Bucket } from './bucket.ts';
import { isKey, nothingThere, trouble } from './trouble.ts';
import { type Cut, untilCut } from './until-cut.ts';

/** Of what belongs to an unfinished upload: `upload/ID/info`, and `upload/ID/tail-OFFSET` for bytes that follow OFFSET. */
export const UNFINISHED = 'upload/';

/** How much of what is kept already may come again: a chunk of an encrypted file. */
const AGAIN = 64 * 1024;

const info = z.object({
  size: z.int().min(1),
  handle: z.string(),
  created: z.string(),
  metadata: z.record(z.string(), z.string().nullable()).optional(),
});
type Info = z.infer<typeof info>;

interface State extends Info {
  /** Bytes in whole pieces. */
  readonly kept: number;
  /** Bytes behind them. */
  readonly tail: number;
}

export class BucketUploads extends DataStore {
  private readonly bucket: Bucket;

  constructor(bucket: Bucket) {
    super();
    this.bucket = bucket;
    this.extensions = ['creation', 'creation-with-upload', 'termination'];
  }

  override create(upload: Upload): Promise<Upload> {
    return this.guarded(upload.id, async () => {
      const { id, size = 0, metadata, creation_date: created } = upload;
      if (size === 0) {
        await this.bucket.put(id, new Uint8Array(), 'application/octet-stream');
        return upload;
      }
      const handle = await this.bucket.pieces.begin(id, size);
      const text = JSON.stringify({ size, handle, created, metadata } satisfies Record<keyof Info, unknown>);
      await this.bucket.put(`${UNFINISHED}${id}/info`, Buffer.from(text), 'application/json');
      return upload;
    });
  }

  /**
   * At an offset before the end of what is there, what follows it is dropped; from what is in whole pieces nothing can be dropped, so there
   * the same bytes must come again.
   */
  override write(source: Readable, id: string, offset: number): Promise<number> {
    return this.guarded(id, async () => {
      const state = await this.state(id);
      if (!state || offset <= state.kept - AGAIN || offset > state.kept + state.tail) {
        const stands = state ? `The upload stands at ${state.kept + state.tail}` : 'The upload is over';
        throw new HubError('conflict', `${stands}, not at ${offset}.`);
      }
      const waiting = await this.tailOf(id, state, offset);
      return this.take(source, id, state, { waiting, again: Math.max(0, state.kept - offset) });
    });
  }

  /** Of a finished one too, and finishes what was whole when its node ended. */
  override getUpload(id: string): Promise<Upload> {
    return this.guarded(id, async () => {
      const state = await this.state(id);
      if (!state) {
        const size = await this.bucket.size(id);
        return new Upload({ id, size, offset: size });
      }
      const { kept, tail, size, metadata, created } = state;
      if (kept === size) await this.finish(id, state);
      return new Upload({
        id,
        size,
        offset: kept + tail,
        creation_date: created,
        ...(metadata && { metadata }),
      });
    });
  }

  override remove(id: string): Promise<void> {
    return this.guarded(id, async () => {
      const known = await this.known(id).catch(error => {
        if (!this.bucket.isMissing(error)) throw error;
      });
      await this.bucket.pieces.abort(id, known?.handle);
      await this.tidy(id);
      await this.bucket.drop([id]);
    });
  }

  private async take(
    source: Readable,
    id: string,
    state: State,
    { waiting, again }: { waiting: Buffer[]; again: number },
  ): Promise<number> {
    const { pieces } = this.bucket;
    const { handle, size } = state;
    const pieceBytes = pieces.pieceBytes(size);
    let at = state.kept;
    let length = waiting.reduce((sum, { length }) => sum + length, 0);
    // One piece travels while the next one fills.
    let travels: Promise<void> = Promise.resolve();
    const send = async (count: number) => {
      const all = Buffer.concat(waiting);
      waiting = count < all.length ? [all.subarray(count)] : [];
      length -= count;
      await travels;
      travels = pieces.add(id, handle, at, all.subarray(0, count), size);
      // It is awaited later; until then its failure is nobody's.
      travels.catch(() => {});
      at += count;
    };
    const cut: Cut = {};
    for await (const bytes of untilCut(source, cut)) {
      const fresh = bytes.subarray(again);
      again -= bytes.length - fresh.length;
      waiting.push(fresh);
      length += fresh.length;
      while (length >= pieceBytes) await send(pieceBytes);
    }
    const end = at + length;
    if (end > size) throw new HubError('too_large', `The upload has ${size} bytes, and got more.`);
    if (end === size && length > 0) await send(length);
    await travels;
    if (end === size) await this.finish(id, state);
    else if (length > 0)
      await this.bucket.put(tailName(id, at), Buffer.concat(waiting), 'application/octet-stream');
    if ('error' in cut && end < size) throw cut.error;
    return end;
  }

  /** Undefined: it is over, and may have left a file. */
  private async state(id: string): Promise<State | undefined> {
    const { bucket } = this;
    try {
      const known = await this.known(id);
      const kept = await bucket.pieces.kept(id, known.handle, known.size);
      const tail = kept === known.size ? 0 : await this.sizeOr0(tailName(id, kept));
      return { ...known, kept, tail };
    } catch (error) {
      if (bucket.isMissing(error)) return undefined;
      throw error;
    }
  }

  private async known(id: string): Promise<Info> {
    const text = await (await this.bucket.get(`${UNFINISHED}${id}/info`)).toArray();
    return info.parse(JSON.parse(Buffer.concat(text).toString()));
  }

  private async sizeOr0(name: string): Promise<number> {
    try {
      return await this.bucket.size(name);
    } catch (error) {
      if (this.bucket.isMissing(error)) return 0;
      throw error;
    }
  }

  private async tailOf(id: string, { kept }: State, offset: number): Promise<Buffer[]> {
    if (offset <= kept) return [];
    return (await this.bucket.get(tailName(id, kept), { start: 0, end: offset - kept - 1 })).toArray();
  }

  private async finish(id: string, { handle, size }: State): Promise<void> {
    await this.bucket.pieces.complete(id, handle, size);
    // The file is there. What is left beside it goes with it at the latest; without what is known of it, it is an upload no more.
    await this.bucket
      .drop([`${UNFINISHED}${id}/info`])
      .then(() => this.tidy(id))
      .catch(() => {});
  }

  private async tidy(id: string): Promise<void> {
    const names: string[] = [];
    for await (const { name } of this.bucket.list(`${UNFINISHED}${id}/`)) names.push(name);
    await this.bucket.drop(names);
  }

  private async guarded<T>(id: string, work: () => Promise<T>): Promise<T> {
    if (!isKey(id)) throw nothingThere();
    try {
      return await work();
    } catch (error) {
      throw trouble(error, this.bucket.isMissing);
    }
  }
}

const tailName = (id: string, at: number) => `${UNFINISHED}${id}/tail-${at}`;
