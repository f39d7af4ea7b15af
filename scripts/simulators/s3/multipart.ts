// The calls of S3 about multipart uploads.
import type { Asked, Reply } from '../objects/server.ts';
import { readBody } from './body.ts';
import { type Bucket, begin, complete, findMultipart, pageOf, putPart } from './shelf.ts';
import { texts, xml } from './xml.ts';

const document = (root: string, tree: Parameters<typeof xml>[1]): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: xml(root, tree),
});
const dateOf = (at: number) => new Date(at).toISOString();

/** @returns undefined when the call is about something else */
export function multipart(
  asked: Asked,
  name: string,
  bucket: Bucket,
  key: string,
  most: number,
  now: number,
) {
  const { method, query, headers } = asked;
  const id = query.get('uploadId') ?? '';
  if (method === 'GET' && !key && query.has('uploads')) return listUploads(bucket, name, query, most);
  if (method === 'POST' && query.has('uploads')) {
    const type = headers['content-type'] ?? 'binary/octet-stream';
    const checksums = headers['x-amz-checksum-algorithm'] === 'CRC32';
    const { id: UploadId } = begin(bucket, { key, type, checksums, at: now });
    return document('InitiateMultipartUploadResult', { Bucket: name, Key: key, UploadId });
  }
  if (!id) return undefined;
  const upload = findMultipart(bucket, id, key);
  if (method === 'PUT') {
    const summed =
      headers['x-amz-checksum-crc32'] !== undefined || headers['x-amz-trailer'] === 'x-amz-checksum-crc32';
    const part = putPart(upload, Number(query.get('partNumber')), readBody(asked), summed, now);
    return {
      status: 200,
      headers: { etag: part.etag, ...(part.crc32 && { 'x-amz-checksum-crc32': part.crc32 }) },
    };
  }
  if (method === 'GET') {
    const after = Number(query.get('part-number-marker') ?? 0);
    const found = [...upload.parts].filter(([number]) => number > after).sort(([a], [b]) => a - b);
    const page = found.slice(0, Math.min(most, Number(query.get('max-parts') ?? most)));
    return document('ListPartsResult', {
      Bucket: name,
      Key: key,
      UploadId: id,
      IsTruncated: found.length > page.length,
      NextPartNumberMarker: page.at(-1)?.[0] ?? 0,
      Part: page.map(([PartNumber, { etag, bytes, at, crc32 }]) => ({
        PartNumber,
        LastModified: dateOf(at),
        ETag: etag,
        Size: bytes.length,
        ChecksumCRC32: crc32,
      })),
    });
  }
  if (method === 'DELETE') {
    bucket.multiparts.delete(id);
    return { status: 204 };
  }
  if (method !== 'POST') return undefined;
  const named = texts(readBody(asked).toString(), 'Part').map(part => ({
    number: Number(texts(part, 'PartNumber')[0]),
    etag: texts(part, 'ETag')[0] ?? '',
    crc32: texts(part, 'ChecksumCRC32')[0],
  }));
  const { etag } = complete(bucket, upload, named, now);
  return document('CompleteMultipartUploadResult', { Bucket: name, Key: key, ETag: etag });
}

function listUploads(bucket: Bucket, name: string, query: URLSearchParams, most: number): Reply {
  const get = (name: string) => query.get(name) ?? '';
  // Sorted by key and then by upload, in one word; behind the marker's upload comes the next.
  const all = [...bucket.multiparts.values()].map(one => [`${one.key}\0${one.id}`, one] as const);
  const after = get('key-marker') && `${get('key-marker')}\0${get('upload-id-marker') || '\uffff'}`;
  const { page, more } = pageOf(all, get('prefix'), after, most);
  const last = page.at(-1)?.[1];
  return document('ListMultipartUploadsResult', {
    Bucket: name,
    IsTruncated: more,
    NextKeyMarker: last?.key,
    NextUploadIdMarker: last?.id,
    Upload: page.map(([, { key, id, at }]) => ({ Key: key, UploadId: id, Initiated: dateOf(at) })),
  });
}
