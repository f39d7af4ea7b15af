// What the hub relies on from every storage of files, as tests: small things, resumable uploads that any node goes on with, what is left of
// them, and what happens while the storage is away.
import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Upload } from '@tus/utils';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OpenedBlobs } from '../../blobs/open.ts';
import { HubError } from '../../hub/errors.ts';

/** A storage, with what tests do to it behind the hub's back. */
export interface BlobsUnderTest extends AsyncDisposable {
  /** Another node. `hasty`: it does not try again. */
  open(how?: 'hasty'): Promise<OpenedBlobs>;
  /** All that lies there, also what is not listed: names or what else tells of it. */
  everything(): Promise<string[]>;
  /** It answers nobody, until `mend`. */
  leave(): Promise<void>;
  mend(): Promise<void>;
}

export interface Expectations {
  /** Of a file at the storage itself. */
  readonly links: 'all' | 'attachments' | 'none';
  /** Where an upload that was cut goes on at the latest, in bytes before the cut. */
  readonly loses: number;
}

/** Around where chunks and pieces end, encrypted or not. */
const SIZES = [0, 1, 65_495, 65_496, 65_497, 131_004, 131_005];
const MIB = 1024 * 1024;

const cutAfter = (bytes: Uint8Array, how: 'error' | 'end') =>
  Readable.from(
    (async function* () {
      // As it comes from a socket.
      for (let at = 0; at < bytes.length; at += 40_000) yield bytes.subarray(at, at + 40_000);
      if (how === 'error') throw new Error('The client is gone');
    })(),
    { objectMode: false },
  );

export async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  return error instanceof HubError ? error.code : `no HubError: ${error}`;
}

export function blobsContract(
  name: string,
  open: () => Promise<BlobsUnderTest>,
  { links, loses }: Expectations,
): void {
  const test = suite(`blobs/${name}`);
  let storage: BlobsUnderTest;
  let blobs: OpenedBlobs;
  test.before(async () => {
    storage = await open();
    blobs = await storage.open();
  });
  test.after(async () => {
    await blobs[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  const contents = async (key: string, from = blobs) => buffer(await from.read(key));
  const begin = async (size: number, key: string = randomUUID()) => {
    await blobs.uploads.create(new Upload({ id: key, size, offset: 0, metadata: { filename: 'größe.txt' } }));
    return key;
  };
  /** All of it from where it stands, at another node. */
  async function goOn(key: string, bytes: Buffer): Promise<number> {
    await using node = await storage.open();
    const { offset, size } = await node.uploads.getUpload(key);
    assert.is(size, bytes.length);
    if (offset < bytes.length)
      assert.is(await node.uploads.write(cutAfter(bytes.subarray(offset), 'end'), key, offset), bytes.length);
    return offset;
  }

  test('small things are put, read whole and in ranges, measured, and put anew', async () => {
    const key = `preview/${randomUUID()}/96`;
    const bytes = randomBytes(150_000);
    await blobs.put(key, randomBytes(10), 'image/webp');
    await blobs.put(key, bytes, 'image/webp');
    assert.is(await blobs.size(key), bytes.length);
    assert.ok((await contents(key)).equals(bytes));
    for (const [start, end] of [
      [0, 0],
      [5, 70_000],
      [65_495, 65_496],
      [131_004, 149_999],
      [149_999, 200_000],
    ] as const)
      assert.ok(
        (await buffer(await blobs.read(key, { start, end }))).equals(bytes.subarray(start, end + 1)),
        `${start}-${end}`,
      );
    assert.is(await refusal(blobs.read(key, { start: 150_000, end: 150_001 })), 'bad_request');
  });

  test('where nothing is, all say so; a name is no way out', async () => {
    for (const key of [
      randomUUID(),
      'preview',
      '../secrets',
      'a/../../b',
      '',
      '/etc/passwd',
      'a\0',
      '.drafts/x',
    ]) {
      assert.is(await refusal(blobs.read(key)), 'not_found', key);
      assert.is(await refusal(blobs.size(key)), 'not_found', key);
      assert.is(await refusal(blobs.uploads.getUpload(key)), 'not_found', key);
    }
    assert.is(await refusal(blobs.put('../x', Buffer.from('x'), 'text/plain')), 'not_found');
    await blobs.remove([randomUUID(), `preview/${randomUUID()}/96`]);
  });

  test('a file of any size comes back as it was, empty and around the ends of chunks', async () => {
    for (const size of SIZES) {
      const bytes = randomBytes(size);
      const key = await begin(size);
      if (size > 0) {
        assert.is(await refusal(blobs.read(key)), 'not_found', 'not before it is whole');
        assert.is(await blobs.uploads.write(cutAfter(bytes, 'end'), key, 0), size);
      }
      const { offset, size: told } = await blobs.uploads.getUpload(key);
      assert.equal([offset, told, await blobs.size(key)], [size, size, size]);
      assert.ok((await contents(key)).equals(bytes), `${size} bytes`);
    }
  });

  test('an upload goes on after a cut at any byte, at another node, with nothing but what the storage holds', async () => {
    const plan = fc.record({
      bytes: fc.integer({ min: 1, max: 200_000 }).map(size => randomBytes(size)),
      cuts: fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          how: fc.constantFrom('error' as const, 'end' as const),
        }),
        { maxLength: 3 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ bytes, cuts }) => {
        const key = await begin(bytes.length);
        for (const { at, how } of cuts) {
          await using node = await storage.open();
          const { offset, metadata } = await node.uploads.getUpload(key);
          assert.is(metadata?.filename, 'größe.txt');
          const end = offset + Math.floor((bytes.length - offset - 1) * at);
          await node.uploads.write(cutAfter(bytes.subarray(offset, end), how), key, offset).catch(() => {});
          const { offset: kept } = await node.uploads.getUpload(key);
          assert.ok(
            kept <= end && kept >= Math.max(offset, end - loses),
            `${kept} of ${end}, from ${offset}`,
          );
        }
        await goOn(key, bytes);
        assert.ok((await contents(key)).equals(bytes));
        await blobs.remove([key]);
      }),
      { numRuns: 4 },
    );
  });

  test('so does one that is longer than a piece, and its offset never goes back', async () => {
    const bytes = randomBytes(6 * MIB + 200_001);
    const key = await begin(bytes.length);
    let before = 0;
    for (const end of [3 * MIB, 6 * MIB + 70_000]) {
      await using node = await storage.open();
      const { offset } = await node.uploads.getUpload(key);
      assert.ok(offset >= before && offset <= end);
      before = offset;
      await node.uploads.write(cutAfter(bytes.subarray(offset, end), 'error'), key, offset).catch(() => {});
    }
    await goOn(key, bytes);
    assert.ok((await contents(key)).equals(bytes));
    const middle = { start: 6 * MIB - 3, end: 6 * MIB + 3 };
    assert.ok(
      (await buffer(await blobs.read(key, middle))).equals(bytes.subarray(middle.start, middle.end + 1)),
    );
    await blobs.remove([key]);
  });

  test('bytes for a place where the upload does not stand are refused, and change nothing', async () => {
    const bytes = randomBytes(1000);
    const key = await begin(bytes.length);
    assert.is(await refusal(blobs.uploads.write(cutAfter(bytes, 'end'), key, 500)), 'conflict');
    await goOn(key, bytes);
    assert.ok((await contents(key)).equals(bytes));
  });

  test('uploads side by side do not meet', async () => {
    const files = await Promise.all(
      Array.from({ length: 4 }, async (_, index) => {
        const bytes = randomBytes(50_000 * (index + 1));
        const key = await begin(bytes.length);
        await blobs.uploads.write(cutAfter(bytes.subarray(0, 30_000), 'error'), key, 0).catch(() => {});
        await goOn(key, bytes);
        return { key, bytes };
      }),
    );
    for (const { key, bytes } of files) assert.ok((await contents(key)).equals(bytes));
    await blobs.remove(files.map(({ key }) => key));
  });

  test('everything is listed, unfinished uploads too, and what is removed leaves nothing at all', async () => {
    const began = Date.now() - 60_000;
    const whole = await begin(70_000);
    await goOn(whole, randomBytes(70_000));
    const half = await begin(8 * MIB);
    await blobs.uploads.write(cutAfter(randomBytes(200_000), 'error'), half, 0).catch(() => {});
    const untouched = await begin(100);
    const small = `preview/${randomUUID()}/480`;
    await blobs.put(small, randomBytes(10), 'image/webp');
    const seen = new Map<string, number>();
    for await (const { key, at } of blobs.list()) seen.set(key, at);
    for (const key of [whole, half, untouched, small]) {
      const at = seen.get(key) ?? 0;
      assert.ok(at >= began && at <= Date.now() + 60_000, `${key} is listed, at ${at}`);
    }
    await blobs.remove([...seen.keys()]);
    assert.equal(await storage.everything(), []);
    for (const key of [whole, half, untouched])
      assert.is(await refusal(blobs.uploads.getUpload(key)), 'not_found');
    const aborted = await begin(100);
    await blobs.uploads.remove(aborted);
    assert.equal(await storage.everything(), []);
  });

  test('a link leads a browser to the file, under its name, for as long as it should', async () => {
    const key = randomUUID();
    const bytes = randomBytes(100);
    await blobs.put(key, bytes, 'application/octet-stream');
    const link = (attachment: boolean, seconds = 60) =>
      blobs.link(key, { name: 'Größe "1".png', type: 'image/png', attachment, seconds });
    if (links === 'none') return assert.is(await link(true), undefined);
    const answer = await fetch((await link(true)) ?? '');
    assert.ok(Buffer.from(await answer.arrayBuffer()).equals(bytes));
    assert.match(answer.headers.get('content-disposition') ?? '', /^attachment;.*Gr%C3%B6%C3%9Fe/);
    if (links === 'attachments') assert.is(await link(false), undefined);
    else {
      const shown = await fetch((await link(false)) ?? '');
      assert.is(shown.headers.get('content-type'), 'image/png');
      assert.match(shown.headers.get('content-disposition') ?? '', /^inline/);
      await shown.arrayBuffer();
    }
    const forged = ((await link(true)) ?? '').replace(key, randomUUID());
    const refused = await fetch(forged);
    await refused.arrayBuffer();
    assert.ok(refused.status >= 400 && refused.status < 500, `${refused.status}`);
  });

  test('while it is away everything says so at once, and an upload goes on when it is back', async () => {
    await using node = await storage.open('hasty');
    await node.probe();
    const bytes = randomBytes(90_000);
    const key = await begin(bytes.length);
    await node.uploads.write(cutAfter(bytes.subarray(0, 70_000), 'end'), key, 0);
    const { offset } = await node.uploads.getUpload(key);
    await storage.leave();
    const works: Record<string, () => Promise<unknown>> = {
      put: () => node.put('x', bytes, 'text/plain'),
      read: () => node.read(key),
      size: () => node.size(key),
      remove: () => node.remove([key, 'preview/x/96']),
      list: async () => {
        for await (const _ of node.list()) break;
      },
      create: () => node.uploads.create(new Upload({ id: randomUUID(), size: 5, offset: 0 })),
      write: () => node.uploads.write(cutAfter(bytes.subarray(offset), 'end'), key, offset),
      getUpload: () => node.uploads.getUpload(key),
      abort: () => node.uploads.remove(key),
      probe: () => node.probe(),
    };
    for (const [name, work] of Object.entries(works)) assert.is(await refusal(work()), 'unavailable', name);
    const sentence = await node.probe().catch((error: Error) => error.message);
    assert.match(sentence ?? '', /\. [A-Z].*\.$/, 'what is wrong, and what to do');
    await storage.mend();
    await node.probe();
    await goOn(key, bytes);
    assert.ok((await contents(key)).equals(bytes));
  });

  test.run();
}
