// What lies in the buckets of the simulated S3, in memory: objects, and multipart uploads on their way.
import { createHash, randomUUID } from 'node:crypto';
import { crc32Of } from './body.ts';
import { S3Problem } from './problem.ts';

export interface StoredObject {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
  /** ms since 1970. */
  readonly at: number;
}

export interface StoredPart extends Pick<StoredObject, 'bytes' | 'etag' | 'at'> {
  readonly crc32: string | undefined;
}

export interface Multipart {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly at: number;
  /** Made with a checksum: each part brings one, and completing names them all. */
  readonly checksums: boolean;
  readonly parts: Map<number, StoredPart>;
}

export interface Bucket {
  readonly objects: Map<string, StoredObject>;
  readonly multiparts: Map<string, Multipart>;
}

/** What one part of a completion says. */
export interface Named {
  readonly number: number;
  readonly etag: string;
  readonly crc32: string | undefined;
}

const MIN_PART = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;
const md5 = (bytes: Buffer) => createHash('md5').update(bytes);

export const makeObject = (bytes: Buffer, type: string, at: number): StoredObject => ({
  bytes,
  type,
  at,
  etag: `"${md5(bytes).digest('hex')}"`,
});

export function begin(
  bucket: Bucket,
  given: Pick<Multipart, 'key' | 'type' | 'checksums' | 'at'>,
): Multipart {
  const upload: Multipart = { ...given, id: randomUUID(), parts: new Map() };
  bucket.multiparts.set(upload.id, upload);
  return upload;
}

export function findMultipart(bucket: Bucket, id: string, key: string): Multipart {
  const found = bucket.multiparts.get(id);
  if (found?.key === key) return found;
  throw new S3Problem(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  );
}

export function putPart(
  upload: Multipart,
  number: number,
  bytes: Buffer,
  summed: boolean,
  at: number,
): StoredPart {
  if (!(number >= 1 && number <= MAX_PARTS))
    throw new S3Problem(
      400,
      'InvalidArgument',
      'Part number must be an integer between 1 and 10000, inclusive',
    );
  if (upload.checksums && !summed)
    throw new S3Problem(
      400,
      'InvalidRequest',
      'Checksum Type mismatch occurred, expected checksum Type: crc32, actual checksum Type: null',
    );
  const part = {
    bytes,
    at,
    etag: `"${md5(bytes).digest('hex')}"`,
    crc32: upload.checksums ? crc32Of(bytes) : undefined,
  };
  upload.parts.set(number, part);
  return part;
}

export function complete(
  bucket: Bucket,
  upload: Multipart,
  named: readonly Named[],
  at: number,
): StoredObject {
  if (named.length === 0)
    throw new S3Problem(400, 'MalformedXML', 'The XML you provided was not well-formed');
  if (named.some(({ number }, index) => index > 0 && number <= (named[index - 1]?.number ?? 0)))
    throw new S3Problem(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
  if (upload.checksums && named.some(({ crc32 }) => !crc32))
    throw new S3Problem(
      400,
      'InvalidRequest',
      'The upload was created using a crc32 checksum. The complete request must include the checksum for each part.',
    );
  const parts = named.map(({ number, etag, crc32 }) => {
    const part = upload.parts.get(number);
    if (!part || part.etag !== `"${etag.replaceAll('"', '')}"` || (crc32 && crc32 !== part.crc32))
      throw new S3Problem(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
    return part;
  });
  if (parts.slice(0, -1).some(({ bytes }) => bytes.length < MIN_PART))
    throw new S3Problem(
      400,
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
    );
  const sums = Buffer.concat(parts.map(({ bytes }) => md5(bytes).digest()));
  const object: StoredObject = {
    bytes: Buffer.concat(parts.map(({ bytes }) => bytes)),
    type: upload.type,
    at,
    etag: `"${md5(sums).digest('hex')}-${parts.length}"`,
  };
  bucket.objects.set(upload.key, object);
  bucket.multiparts.delete(upload.id);
  return object;
}

/** A page of what is sorted by name. @param after the last name of the page before */
export function pageOf<T>(all: Iterable<readonly [string, T]>, prefix: string, after: string, most: number) {
  const found = [...all]
    .filter(([name]) => name.startsWith(prefix) && name > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { page: found.slice(0, most), more: found.length > most };
}
