// Encryption at rest: what lies on the disk tells nothing, and nothing that was done to it passes (attack 29).
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Upload } from '@tus/utils';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { diskUnderTest } from '../testing/blobs.ts';
import { refusal } from '../testing/contracts/blobs.ts';
import { CHUNK, createChunkSealer, indexOf, keptSize, lastOf, sizeOfKept, startOf } from './chunks.ts';
import { type OpenedBlobs, openBlobs } from './open.ts';

const test = suite('blobs/encrypted');
const key = randomBytes(32);
let home: Awaited<ReturnType<typeof diskUnderTest>>;
let blobs: OpenedBlobs;

test.before(async () => {
  home = await diskUnderTest({ encryptionKey: key });
  blobs = await home.open();
});
test.after(() => home[Symbol.asyncDispose]());

const fileOf = (name: string) => path.join(home.folder, name);
/** A file of so many bytes, and how it lies there. */
async function kept(size: number) {
  const name = randomUUID();
  const bytes = randomBytes(size);
  await blobs.put(name, bytes, 'text/plain');
  return { name, bytes, sealed: await readFile(fileOf(name)) };
}
const readAll = async (name: string, from = blobs) => buffer(await from.read(name));

test('a file is as large as it was told to become, and every byte of it is in one chunk', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1 << 24 }), size => {
      assert.is(sizeOfKept(keptSize(size)), size);
      const last = lastOf(size);
      assert.ok(keptSize(size) > last * CHUNK && keptSize(size) <= (last + 1) * CHUNK);
      if (size > 0) {
        const index = indexOf(size - 1);
        assert.ok(startOf(index) <= size - 1 && size - 1 < startOf(index + 1));
      }
    }),
  );
});

test('on the disk there is nothing of what was written, nor of its name, and the same bytes are not the same twice', async () => {
  const canary = Buffer.from('canary-'.repeat(30_000));
  const [one, two] = [randomUUID(), randomUUID()];
  for (const name of [one, two]) await blobs.put(name, canary, 'text/plain');
  const [first, second] = [await readFile(fileOf(one)), await readFile(fileOf(two))];
  assert.not.ok(first.includes('canary') || second.includes('canary'));
  assert.not.ok(first.subarray(24).equals(second.subarray(24)));
  assert.is(first.toString('latin1', 0, 4), 'FCF1');
});

test('what was cut off, added, turned round, changed in one bit or brought from elsewhere is not given out', async () => {
  const { name, sealed, bytes } = await kept(200_000);
  const other = await kept(200_000);
  const chunk = (at: number, of = sealed) => of.subarray(at * CHUNK, (at + 1) * CHUNK);
  const flipped = (at: number) => {
    const copy = Buffer.from(sealed);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  const wrong: Record<string, Buffer> = {
    empty: Buffer.alloc(0),
    'a header alone': sealed.subarray(0, 20),
    'without its last byte': sealed.subarray(0, -1),
    'without its last chunk': sealed.subarray(0, 3 * CHUNK),
    'its first chunk alone': chunk(0),
    'with its last chunk twice': Buffer.concat([sealed, chunk(3)]),
    'with one chunk twice': Buffer.concat([chunk(0), chunk(1), chunk(1), chunk(3)]),
    'with chunks changed round': Buffer.concat([chunk(0), chunk(2), chunk(1), chunk(3)]),
    'with a chunk of another file': Buffer.concat([
      chunk(0),
      chunk(1, other.sealed),
      sealed.subarray(2 * CHUNK),
    ]),
    'another file': other.sealed,
    'with another mark': Buffer.concat([Buffer.from('GCF1'), sealed.subarray(4)]),
    'not encrypted at all': bytes,
    ...Object.fromEntries(
      [0, 5, 12, 24, 30_000, CHUNK - 1, CHUNK, sealed.length - 1].map(at => [`bit at ${at}`, flipped(at)]),
    ),
  };
  for (const [what, bytes] of Object.entries(wrong)) {
    await writeFile(fileOf(name), bytes);
    const error = await readAll(name).then(
      () => undefined,
      (error: { code?: string }) => error,
    );
    assert.ok(error?.code === 'internal' || error?.code === 'conflict', `${what}: ${error}`);
  }
  // What is read in part is as safe as the whole.
  await writeFile(fileOf(name), flipped(2 * CHUNK + 100));
  assert.is(await refusal(blobs.read(name, { start: startOf(2), end: startOf(2) + 5 })), 'internal');
  const before = await buffer(await blobs.read(name, { start: 10, end: startOf(2) - 1 }));
  assert.ok(before.equals(bytes.subarray(10, startOf(2))), 'and other chunks are still good');
});

test('a range costs the chunks that it is in, and no more', async () => {
  const { name, bytes } = await kept(1_000_000);
  const asked: number[] = [];
  const plain = await openBlobs({ kind: 'disk', folder: home.folder });
  const { encrypt } = await import('./encrypted.ts');
  const counting = encrypt(
    {
      ...plain,
      read(key, range) {
        asked.push((range?.end ?? 0) - (range?.start ?? 0) + 1);
        return plain.read(key, range);
      },
    },
    key,
  );
  const read = await buffer(await counting.read(name, { start: 500_000, end: 500_009 }));
  assert.ok(read.equals(bytes.subarray(500_000, 500_010)));
  assert.equal(asked, [CHUNK]);
});

test('another ENCRYPTION_KEY opens nothing, goes on with nothing, and is named as the reason', async () => {
  const { name } = await kept(10);
  const half = randomUUID();
  await blobs.uploads.create(new Upload({ id: half, size: 200_000, offset: 0 }));
  await blobs.uploads.write(Readable.from([randomBytes(150_000)]), half, 0);
  await using other = await openBlobs(
    { kind: 'disk', folder: home.folder },
    { encryptionKey: randomBytes(32) },
  );
  assert.is(await refusal(other.read(name)), 'conflict');
  const { offset } = await other.uploads.getUpload(half);
  const write = other.uploads.write(Readable.from([randomBytes(10)]), half, offset);
  assert.match(await write.then(String, (error: Error) => error.message), /another ENCRYPTION_KEY/);
});

test('the same bytes sent again are the same chunk, other bytes have another nonce', () => {
  const sealer = createChunkSealer(key, 'x');
  const bytes = randomBytes(1000);
  const one = sealer.seal(bytes, 1, false);
  assert.ok(one.equals(sealer.seal(bytes, 1, false)));
  for (const other of [
    sealer.seal(bytes, 2, false),
    sealer.seal(bytes, 1, true),
    sealer.seal(randomBytes(1000), 1, false),
  ])
    assert.not.ok(other.subarray(0, 12).equals(one.subarray(0, 12)));
});

test('a client that sends less than a chunk at a time gets nowhere, and is told so by the offset', async () => {
  const id = randomUUID();
  await blobs.uploads.create(new Upload({ id, size: 200_000, offset: 0 }));
  assert.is(await blobs.uploads.write(Readable.from([randomBytes(10_000)]), id, 0), 0);
  assert.is((await blobs.uploads.getUpload(id)).offset, 0);
  assert.is(await blobs.uploads.write(Readable.from([randomBytes(100_000)]), id, 0), startOf(1));
});

test.run();
