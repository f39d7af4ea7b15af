// The calls of S3 about buckets and single objects.
import { type Asked, type Reply, rangeOf } from '../objects/server.ts';
import { readBody } from './body.ts';
import { S3Problem } from './problem.ts';
import { type Bucket, makeObject, pageOf } from './shelf.ts';
import { texts, xml } from './xml.ts';

/** @returns undefined when there is no such call */
export function objects(
  asked: Asked,
  name: string,
  bucket: Bucket,
  key: string,
  most: number,
  now: number,
): Reply | undefined {
  const { method, query, headers } = asked;
  if (!key) {
    if (method === 'HEAD') return { status: 200 };
    if (method === 'GET' && query.get('list-type') === '2') return list(bucket, name, query, most);
    if (method === 'POST' && query.has('delete')) return removeMany(asked, bucket);
    return undefined;
  }
  if (method === 'PUT') {
    if (headers['if-none-match'] === '*' && bucket.objects.has(key))
      throw new S3Problem(
        412,
        'PreconditionFailed',
        'At least one of the pre-conditions you specified did not hold',
      );
    const object = makeObject(readBody(asked), headers['content-type'] ?? 'binary/octet-stream', now);
    bucket.objects.set(key, object);
    return { status: 200, headers: { etag: object.etag } };
  }
  if (method === 'DELETE') {
    bucket.objects.delete(key);
    return { status: 204 };
  }
  if (method === 'GET' || method === 'HEAD') return read(asked, bucket, key);
  return undefined;
}

function read({ headers, query }: Asked, bucket: Bucket, key: string): Reply {
  const object = bucket.objects.get(key);
  if (!object) throw new S3Problem(404, 'NoSuchKey', 'The specified key does not exist.');
  const { bytes, etag, type, at } = object;
  if (headers['if-none-match'] === etag) throw new S3Problem(304, 'NotModified', '');
  if (headers['if-match'] && headers['if-match'] !== etag)
    throw new S3Problem(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
    );
  const range = rangeOf(headers.range, bytes.length);
  if (range === 'outside') throw new S3Problem(416, 'InvalidRange', 'The requested range is not satisfiable');
  const saveAs = query.get('response-content-disposition');
  return {
    status: range ? 206 : 200,
    headers: {
      etag,
      'content-type': query.get('response-content-type') ?? type,
      'last-modified': new Date(at).toUTCString(),
      'accept-ranges': 'bytes',
      ...(saveAs && { 'content-disposition': saveAs }),
      ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${bytes.length}` }),
    },
    body: range ? bytes.subarray(range.start, range.end + 1) : bytes,
  };
}

function list(bucket: Bucket, name: string, query: URLSearchParams, most: number): Reply {
  const get = (name: string) => query.get(name) ?? '';
  const token = Buffer.from(get('continuation-token'), 'base64url').toString();
  const count = Math.min(most, Number(query.get('max-keys') ?? most));
  const { page, more } = pageOf(bucket.objects, get('prefix'), token || get('start-after'), count);
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: xml('ListBucketResult', {
      Name: name,
      Prefix: get('prefix'),
      KeyCount: page.length,
      MaxKeys: count,
      IsTruncated: more,
      NextContinuationToken: more ? Buffer.from(page.at(-1)?.[0] ?? '').toString('base64url') : undefined,
      Contents: page.map(([key, { at, etag, bytes }]) => ({
        Key: key,
        LastModified: new Date(at).toISOString(),
        ETag: etag,
        Size: bytes.length,
        StorageClass: 'STANDARD',
      })),
    }),
  };
}

function removeMany(asked: Asked, bucket: Bucket): Reply {
  const { headers } = asked;
  const body = readBody(asked).toString();
  if (!headers['content-md5'] && !headers['x-amz-checksum-crc32'])
    throw new S3Problem(
      400,
      'InvalidRequest',
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    );
  const keys = texts(body, 'Key');
  if (keys.length > 1000)
    throw new S3Problem(400, 'MalformedXML', 'The XML you provided was not well-formed');
  for (const key of keys) bucket.objects.delete(key);
  const quiet = texts(body, 'Quiet')[0] === 'true';
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: xml('DeleteResult', { Deleted: quiet ? [] : keys.map(Key => ({ Key })) }),
  };
}
