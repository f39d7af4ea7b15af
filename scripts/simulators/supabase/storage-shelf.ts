// The shelf of Supabase Storage: buckets and objects by name, their bytes in a folder of its own. What is put there appears whole or not at all.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StorageProblem } from './storage-problem.ts';

export interface Bucket {
  readonly id: string;
  readonly public: boolean;
  /** In bytes. */
  readonly sizeLimit: number | null;
  /** `image/*` stands for all images. */
  readonly types: readonly string[] | null;
  readonly createdAt: string;
  readonly objects: Map<string, StoredObject>;
}

/** What the sender says about an object. */
export interface Label {
  readonly type: string;
  readonly cacheControl: string;
  readonly metadata: Record<string, unknown>;
}

export interface StoredObject extends Label {
  readonly id: string;
  readonly version: string;
  readonly size: number;
  readonly etag: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type Shelf = Awaited<ReturnType<typeof openShelf>>;

const KEY = /^[\w/!\-.*'() &$@=;:+,?]+$/;

/** @param limit bytes of one object, unless its bucket allows fewer */
export async function openShelf(limit: number) {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'first-court-storage-'));
  const buckets = new Map<string, Bucket>();
  const fileOf = (version: string) => path.join(dir, version);
  const now = () => new Date().toISOString();
  const bucket = (id: string): Bucket => {
    const found = buckets.get(id);
    if (!found) throw new StorageProblem(404, 'Bucket not found', 'Bucket not found');
    return found;
  };
  const drop = (object: StoredObject | undefined) =>
    object ? rm(fileOf(object.version), { force: true }) : undefined;
  const find = (id: string, key: string): StoredObject => {
    const object = buckets.get(id)?.objects.get(key);
    if (!object) throw new StorageProblem(404, 'not_found', 'Object not found');
    return object;
  };
  const refuseTaken = ({ objects }: Bucket, key: string) => {
    if (objects.has(key)) throw new StorageProblem(409, 'Duplicate', 'The resource already exists');
  };

  return {
    buckets,
    bucket,
    find,
    refuseTaken,
    make(wish: Pick<Bucket, 'id' | 'public' | 'sizeLimit' | 'types'>): void {
      if (buckets.has(wish.id)) throw new StorageProblem(409, 'Duplicate', 'The resource already exists');
      buckets.set(wish.id, { ...wish, createdAt: now(), objects: new Map() });
    },
    sizeLimit: (id: string): number => Math.min(limit, bucket(id).sizeLimit ?? limit),
    /** @param bytes read to their end, also where they are too many */
    async put(id: string, key: string, label: Label, bytes: AsyncIterable<Uint8Array>, upsert: boolean) {
      const into = bucket(id);
      if (!KEY.test(key)) throw new StorageProblem(400, 'InvalidKey', `Invalid key: ${key}`);
      if (into.types && !into.types.some(type => fits(label.type, type)))
        throw new StorageProblem(415, 'invalid_mime_type', `mime type ${label.type} is not supported`);
      if (!upsert) refuseTaken(into, key);
      const version = crypto.randomUUID();
      const hash = createHash('md5');
      const most = this.sizeLimit(id);
      let size = 0;
      async function* measured() {
        for await (const chunk of bytes) {
          size += chunk.length;
          hash.update(chunk);
          if (size <= most) yield chunk;
        }
      }
      try {
        await pipeline(measured, createWriteStream(fileOf(version)));
        if (size > most)
          throw new StorageProblem(413, 'Payload too large', 'The object exceeded the maximum allowed size');
        // Somebody may have been faster.
        if (!upsert) refuseTaken(into, key);
      } catch (error) {
        await rm(fileOf(version), { force: true });
        throw error;
      }
      const old = into.objects.get(key);
      const object: StoredObject = {
        ...label,
        id: old?.id ?? crypto.randomUUID(),
        version,
        size,
        etag: `"${hash.digest('hex')}"`,
        createdAt: old?.createdAt ?? now(),
        updatedAt: now(),
      };
      into.objects.set(key, object);
      await drop(old);
      return object;
    },
    /** @param range the first and the last byte */
    read: ({ version }: StoredObject, range?: { start: number; end: number }): Readable =>
      createReadStream(fileOf(version), range),
    async copy(from: readonly [string, string], to: readonly [string, string]): Promise<StoredObject> {
      const source = find(...from);
      const target = bucket(to[0]);
      refuseTaken(target, to[1]);
      const object = { ...source, id: crypto.randomUUID(), version: crypto.randomUUID(), createdAt: now() };
      await copyFile(fileOf(source.version), fileOf(object.version));
      target.objects.set(to[1], object);
      return object;
    },
    move(from: readonly [string, string], to: readonly [string, string]): StoredObject {
      const object = find(...from);
      const target = bucket(to[0]);
      refuseTaken(target, to[1]);
      bucket(from[0]).objects.delete(from[1]);
      target.objects.set(to[1], object);
      return object;
    },
    /** What was there of it. */
    async remove(id: string, keys: readonly string[]): Promise<(readonly [string, StoredObject])[]> {
      const { objects } = bucket(id);
      const gone = keys.flatMap(key => {
        const object = objects.get(key);
        return object ? [[key, object] as const] : [];
      });
      for (const [key] of gone) objects.delete(key);
      await Promise.all(gone.map(([, object]) => drop(object)));
      return gone;
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

const fits = (type: string, allowed: string): boolean =>
  allowed.endsWith('/*') ? type.startsWith(allowed.slice(0, -1)) : type.split(';')[0]?.trim() === allowed;
