// Every storage of files keeps the same promises, with and without encryption.
// takes: 12 s
import { randomBytes } from 'node:crypto';
import { diskUnderTest, gcsUnderTest, s3UnderTest, supabaseUnderTest } from '../testing/blobs.ts';
import { blobsContract } from '../testing/contracts/blobs.ts';

const encryptionKey = randomBytes(32);

for (const [name, open, links] of [
  ['disk', diskUnderTest, 'none'],
  ['s3', s3UnderTest, 'all'],
  ['gcs', gcsUnderTest, 'all'],
  ['supabase', supabaseUnderTest, 'attachments'],
] as const) {
  blobsContract(name, () => open(), { links, loses: 0 });
  blobsContract(`${name}, encrypted`, () => open({ encryptionKey }), { links: 'none', loses: 64 * 1024 });
}
