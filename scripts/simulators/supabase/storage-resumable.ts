// Resumable uploads of Supabase Storage: tus 1.0 at /upload/resumable. What came before a connection broke is kept.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Answer } from './answers.ts';
import type { Shelf } from './storage-shelf.ts';

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly type: string;
  readonly size: number;
  readonly upsert: boolean;
  bytes: Buffer;
}

export interface Resumable {
  /** The next upload's connection is cut when so many of its bytes have come. */
  cutAfter: number | undefined;
  /** Unfinished ones, as `bucket/key`. */
  unfinished(): string[];
  /** @param path behind `/upload/resumable` */
  answer(request: IncomingMessage, path: string): Promise<Answer>;
}

export function createResumable(shelf: Shelf): Resumable {
  const uploads = new Map<string, Upload>();
  const answer = (status: number, headers: Record<string, string> = {}, body = ''): Answer => ({
    status,
    body,
    headers: { 'tus-resumable': '1.0.0', 'content-type': 'text/plain; charset=utf-8', ...headers },
  });

  function create({ headers }: IncomingMessage): Answer {
    const metadata = Object.fromEntries(
      String(headers['upload-metadata'] ?? '')
        .split(',')
        .map(pair => pair.trim().split(' ', 2))
        .map(([name = '', value = '']) => [name, Buffer.from(value, 'base64').toString()]),
    );
    const {
      bucketName: bucket = '',
      objectName: key = '',
      contentType: type = 'application/octet-stream',
    } = metadata;
    const size = Number(headers['upload-length'] ?? Number.NaN);
    const upsert = headers['x-upsert'] === 'true';
    if (!(size >= 0)) return answer(400, {}, 'Upload-Length header required\n');
    if (size > shelf.sizeLimit(bucket)) return answer(413, {}, 'Maximum size exceeded\n');
    if (!upsert) shelf.refuseTaken(shelf.bucket(bucket), key);
    const id = Buffer.from(`${bucket}/${key}/${randomUUID()}`).toString('base64url');
    uploads.set(id, { bucket, key, type, size, upsert, bytes: Buffer.alloc(0) });
    // Behind the gateway it knows itself by another name.
    return answer(201, { location: `https://storage.internal/storage/v1/upload/resumable/${id}` });
  }

  async function patch(request: IncomingMessage, upload: Upload): Promise<Answer> {
    if (request.headers['content-type'] !== 'application/offset+octet-stream')
      return answer(403, {}, 'Content-Type header required\n');
    if (Number(request.headers['upload-offset']) !== upload.bytes.length)
      return answer(409, {}, 'Upload-Offset conflict\n');
    const chunks: Buffer[] = [];
    const keep = () => {
      upload.bytes = Buffer.concat([upload.bytes, ...chunks]);
    };
    let left = resumable.cutAfter ?? Number.POSITIVE_INFINITY;
    resumable.cutAfter = undefined;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        chunks.push(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) request.socket.destroy();
      }
    } catch {
      keep();
      return answer(400);
    }
    keep();
    if (upload.bytes.length > upload.size) return answer(413, {}, "upload's size exceeded\n");
    const { bucket, key, type, size, upsert, bytes } = upload;
    const label = { type, cacheControl: 'no-cache', metadata: {} };
    if (bytes.length === size)
      await shelf.put(
        bucket,
        key,
        label,
        (async function* () {
          yield bytes;
        })(),
        upsert,
      );
    return answer(204, { 'upload-offset': String(bytes.length) });
  }

  const resumable: Resumable = {
    cutAfter: undefined,
    unfinished: () =>
      [...uploads.values()].flatMap(({ bucket, key, size, bytes }) =>
        bytes.length < size ? [`${bucket}/${key}`] : [],
      ),
    async answer(request, path) {
      const { method, headers } = request;
      if (headers['tus-resumable'] !== '1.0.0') return answer(412, {}, 'Tus-Resumable Required\n');
      if (method === 'POST' && path === '') return create(request);
      const id = path.slice(1);
      const upload = uploads.get(id);
      if (!upload) return answer(404, {}, 'The file for this url was not found\n');
      if (method === 'PATCH') return patch(request, upload);
      if (method === 'HEAD')
        return answer(200, {
          'upload-offset': String(upload.bytes.length),
          'upload-length': String(upload.size),
          'cache-control': 'no-store',
        });
      if (method !== 'DELETE') return answer(405);
      if (upload.bytes.length === upload.size)
        return answer(400, {}, 'Cannot terminate an already completed upload');
      uploads.delete(id);
      return answer(204);
    },
  };
  return resumable;
}
