// What a request to S3 carries: bytes as they are, or in the chunks that the SDK makes of a stream, with a checksum behind them.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Asked } from '../objects/server.ts';
import { S3Problem } from './problem.ts';

/** @throws S3Problem when a checksum says that it is something else */
export function readBody({ headers, body }: Asked): Buffer {
  const kind = headers['x-amz-content-sha256'] ?? '';
  const { bytes, trailers } = kind.startsWith('STREAMING-')
    ? dechunk(body, kind)
    : { bytes: body, trailers: {} };
  const given = { ...headers, ...trailers };
  if (given['x-amz-checksum-crc32'] && given['x-amz-checksum-crc32'] !== crc32Of(bytes))
    throw new S3Problem(400, 'BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
  if (given['content-md5'] && given['content-md5'] !== createHash('md5').update(bytes).digest('base64'))
    throw new S3Problem(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  return bytes;
}

export function crc32Of(bytes: Uint8Array): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}

function dechunk(body: Buffer, kind: string) {
  if (kind !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER')
    throw new S3Problem(501, 'NotImplemented', `A body of the kind ${kind} is not implemented.`);
  const chunks: Buffer[] = [];
  let at = 0;
  const line = () => {
    const end = body.indexOf('\r\n', at);
    if (end < 0) throw new S3Problem(400, 'IncompleteBody', 'The request body terminated unexpectedly');
    const text = body.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  for (let size = -1; size !== 0; ) {
    size = Number.parseInt(line(), 16);
    chunks.push(body.subarray(at, at + size));
    if (size > 0) at += size + 2;
  }
  const trailers: Record<string, string> = {};
  for (let text = line(); text !== ''; text = at < body.length ? line() : '') {
    const [name = '', value = ''] = text.split(':', 2);
    trailers[name.trim().toLowerCase()] = value.trim();
  }
  return { bytes: Buffer.concat(chunks), trailers };
}
