// Files in a bucket, whatever service it is of: keys, ranges and failures as the hub has them.
import { PassThrough, pipeline, type Readable } from 'node:stream';
import type { Bucket } from './bucket.ts';
import { BucketUploads, UNFINISHED } from './bucket-uploads.ts';
import type { OpenedBlobs } from './open.ts';
import { cause, isKey, nothingThere, outside, trouble, unwell, wordsOf } from './trouble.ts';

const AT_ONCE = 8;

export function createBucketBlobs(bucket: Bucket): OpenedBlobs {
  const uploads = new BucketUploads(bucket);
  async function guarded<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (!isKey(key)) throw nothingThere();
    try {
      return await work();
    } catch (error) {
      if (bucket.isOutside(error)) throw cause(outside(), error);
      throw trouble(error, bucket.isMissing);
    }
  }
  return {
    kind: bucket.kind,
    uploads,
    put: (key, bytes, type) => guarded(key, () => bucket.put(key, bytes, type)),
    read: (key, range) => guarded(key, async () => safe(await bucket.get(key, range))),
    size: key => guarded(key, () => bucket.size(key)),
    async remove(keys) {
      // What an upload can have been is looked for piece by piece; everything else goes in one call.
      const simple = keys.filter(key => isKey(key) && key.includes('/'));
      const left = keys.filter(key => isKey(key) && !key.includes('/'));
      const next = async (): Promise<void> => {
        for (let key = left.pop(); key !== undefined; key = left.pop()) await uploads.remove(key);
      };
      await Promise.all([
        simple.length > 0 && guarded('-', () => bucket.drop(simple)),
        ...Array.from({ length: AT_ONCE }, next),
      ]);
    },
    async *list() {
      try {
        for await (const { name, at } of bucket.list(''))
          yield { key: name.startsWith(UNFINISHED) ? (name.split('/')[1] ?? '') : name, at };
        for await (const { name, at } of bucket.pieces.unfinished()) yield { key: name, at };
      } catch (error) {
        throw trouble(error, bucket.isMissing);
      }
    },
    link: (key, options) => guarded(key, () => bucket.link(key, options)),
    async probe() {
      try {
        const name = `${UNFINISHED}probe-${crypto.randomUUID()}/info`;
        await bucket.put(name, Buffer.from('probe'), 'text/plain');
        await bucket.size(name);
        await bucket.drop([name]);
      } catch (error) {
        throw unwell(`${wordsOf(error).replace(/\.$/, '')}.`, bucket.advice(error), error);
      }
    },
    [Symbol.asyncDispose]: () => bucket[Symbol.asyncDispose](),
  };
}

/** Clients of services differ in what their streams do when nobody listens any more; this one ends with its error and harms nobody. */
function safe(from: Readable): Readable {
  const to = new PassThrough({ highWaterMark: 256 * 1024 });
  to.on('error', () => {});
  pipeline(from, to, () => {});
  return to;
}
