// How Supabase Storage hands out an object and tells of it: whole or a range of it, in a listing, or as a description.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Answer } from './answers.ts';
import { StorageProblem } from './storage-problem.ts';
import type { Bucket, Shelf, StoredObject } from './storage-shelf.ts';

/** @param saveAs a name, or empty for that of the object; null to show it */
export function download(
  shelf: Shelf,
  object: StoredObject,
  { method, headers: asked }: Pick<IncomingMessage, 'method' | 'headers'>,
  saveAs: string | null,
): Answer {
  const { size, etag, type, cacheControl, updatedAt } = object;
  const headers: Record<string, string> = {
    'content-type': type,
    'cache-control': cacheControl,
    etag,
    'last-modified': new Date(updatedAt).toUTCString(),
    'accept-ranges': 'bytes',
    ...(saveAs !== null && {
      'content-disposition': `attachment;${saveAs ? ` filename=${encodeURIComponent(saveAs)};` : ''}`,
    }),
  };
  if (asked['if-none-match'] === etag) return { status: 304, body: '', headers };
  const range = rangeOf(asked.range, size);
  const length = range ? range.end - range.start + 1 : size;
  headers['content-length'] = String(length);
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${size}`;
  const status = range ? 206 : 200;
  if (method === 'HEAD') return { status, body: '', headers };
  return { status, body: length > 0 ? shelf.read(object, range) : Readable.from([]), headers };
}

/** One range, as browsers and players ask for; anything else means all of it. @throws StorageProblem when it begins behind the end */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (!first && !last) return undefined;
  const start = first ? Number(first) : Math.max(0, size - Number(last));
  const end = first && last ? Math.min(Number(last), size - 1) : size - 1;
  if (start > end) throw new StorageProblem(416, 'InvalidRange', 'The requested range is not satisfiable');
  return { start, end };
}

export const describe = (bucket: string, name: string, object: StoredObject) => ({
  id: object.id,
  name,
  version: object.version,
  bucket_id: bucket,
  size: object.size,
  content_type: object.type,
  cache_control: object.cacheControl,
  etag: object.etag,
  metadata: object.metadata,
  last_modified: object.updatedAt,
  created_at: object.createdAt,
});

export const listed = (name: string, object: StoredObject) => ({
  name,
  id: object.id,
  updated_at: object.updatedAt,
  created_at: object.createdAt,
  last_accessed_at: object.updatedAt,
  metadata: {
    eTag: object.etag,
    size: object.size,
    mimetype: object.type,
    cacheControl: object.cacheControl,
    lastModified: object.updatedAt,
    contentLength: object.size,
    httpStatusCode: 200,
  },
});

/** What stands right under a folder: objects, and folders without an id. */
export function list({ objects }: Bucket, wish: Record<string, unknown>) {
  const { prefix = '', limit = 100, offset = 0, search = '' } = wish;
  const folder = String(prefix).replace(/^\/+|\/+$/g, '');
  const under = folder ? `${folder}/` : '';
  const found = new Map<string, ReturnType<typeof listed> | object>();
  for (const [key, object] of objects) {
    if (!key.startsWith(under)) continue;
    const [name = '', ...deeper] = key.slice(under.length).split('/');
    if (!name.toLowerCase().includes(String(search).toLowerCase())) continue;
    const nothing = { id: null, updated_at: null, created_at: null, last_accessed_at: null, metadata: null };
    found.set(name, deeper.length > 0 ? { name, ...nothing } : listed(name, object));
  }
  const down = (wish.sortBy as { order?: string } | undefined)?.order === 'desc' ? -1 : 1;
  const sorted = [...found].sort(([a], [b]) => (a < b ? -down : down)).map(([, entry]) => entry);
  return sorted.slice(Number(offset), Number(offset) + Number(limit));
}

/** All that begins with a prefix, in pages that a cursor leads through. */
export function listFlat(
  { objects }: Bucket,
  { prefix = '', limit = 1000, cursor = '' }: Record<string, unknown>,
) {
  const after = Buffer.from(String(cursor), 'base64').toString();
  const found = [...objects]
    .filter(([key]) => key.startsWith(String(prefix)) && key > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const page = found.slice(0, Number(limit));
  const hasNext = found.length > page.length;
  return {
    hasNext,
    ...(hasNext && { nextCursor: Buffer.from(page.at(-1)?.[0] ?? '').toString('base64') }),
    folders: [],
    objects: page.map(([key, object]) => ({ ...listed(key, object), key })),
  };
}
