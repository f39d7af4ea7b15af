// Every storage of files keeps the same promises, with and without encryption.
import { randomBytes } from 'node:crypto';
import { diskUnderTest, s3UnderTest } from '../testing/blobs.ts';
import { blobsContract } from '../testing/contracts/blobs.ts';

const encryptionKey = randomBytes(32);
const CHUNK = 65_536;

blobsContract('disk', () => diskUnderTest(), { links: 'none', loses: 0 });
blobsContract('disk, encrypted', () => diskUnderTest({ encryptionKey }), { links: 'none', loses: CHUNK });
blobsContract('s3', () => s3UnderTest(), { links: 'all', loses: 0 });
blobsContract('s3, encrypted', () => s3UnderTest({ encryptionKey }), { links: 'none', loses: CHUNK });
