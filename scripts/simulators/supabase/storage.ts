// The part of Supabase Storage that the hub uses: buckets, and objects that are put, read, signed for, listed, moved and removed. Without
// policies, as a project begins: the secret key may do all, everybody else nothing but follow signed links and read public buckets.
import type { IncomingMessage } from 'node:http';
import type { Answer } from './answers.ts';
import type { Role } from './roles.ts';
import { readJson, readUpload } from './storage-body.ts';
import { describe, download, list, listed, listFlat } from './storage-download.ts';
import { createLinks } from './storage-links.ts';
import { rowSecurity, StorageProblem } from './storage-problem.ts';
import { createResumable, type Resumable } from './storage-resumable.ts';
import { type Bucket, openShelf, type Shelf } from './storage-shelf.ts';

export interface Storage extends AsyncDisposable {
  readonly shelf: Shelf;
  readonly resumable: Resumable;
  /** @param path behind `/storage/v1`; `admit` finds out who asks, where it matters */
  answer(request: IncomingMessage, path: string, admit: () => Promise<Role | Answer>): Promise<Answer>;
}

const json = (body: unknown): Answer => ({ status: 200, body: JSON.stringify(body) });

/** @param limit bytes of one object */
export async function openStorage(limit: number): Promise<Storage> {
  const shelf = await openShelf(limit);
  const links = createLinks();
  const resumable = createResumable(shelf);

  async function upload(request: IncomingMessage, bucket: string, key: string, upsert: boolean) {
    const { label, bytes } = await readUpload(request, shelf.sizeLimit(bucket));
    const { id } = await shelf.put(bucket, key, label, bytes, upsert);
    return json({ Id: id, Key: `${bucket}/${key}` });
  }

  /** For everybody who has a link, or where a bucket is public. */
  async function open(request: IncomingMessage, path: string, query: URLSearchParams) {
    const [, kind, bucket = '', key = ''] =
      /^\/object\/(sign|upload\/sign|public)\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const token = query.get('token') ?? '';
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (kind === 'sign' && reads) await links.mayRead(`${bucket}/${key}`, token);
    else if (kind === 'public' && reads && shelf.buckets.get(bucket)?.public !== true)
      throw new StorageProblem(404, 'Bucket not found', 'Bucket not found');
    else if (kind === 'upload/sign' && request.method === 'PUT') {
      const { upsert } = await links.mayUpload(`${bucket}/${key}`, token);
      return upload(request, bucket, key, upsert);
    } else if (!reads || kind === undefined || kind === 'upload/sign') return undefined;
    return download(shelf, shelf.find(bucket, key), request, query.get('download'));
  }

  async function buckets(request: IncomingMessage, id: string | undefined, act: string | undefined) {
    const { method } = request;
    if (method === 'GET') return json(id ? told(shelf.bucket(id)) : [...shelf.buckets.values()].map(told));
    const body = await readJson(request);
    if (method === 'POST' && !id) {
      const { file_size_limit: sizeLimit, allowed_mime_types: types } = body;
      const name = String(body.id ?? body.name);
      shelf.make({
        id: name,
        public: body.public === true,
        sizeLimit: sizeLimit === undefined || sizeLimit === null ? null : Number(sizeLimit),
        types: Array.isArray(types) ? types.map(String) : null,
      });
      return json({ name });
    }
    const { objects } = shelf.bucket(id ?? '');
    if (method === 'POST' && act === 'empty') {
      await shelf.remove(id ?? '', [...objects.keys()]);
      return json({ message: 'Empty bucket has been queued. Completion may take up to an hour.' });
    }
    if (method !== 'DELETE') return undefined;
    if (objects.size > 0)
      throw new StorageProblem(409, 'InvalidRequest', 'The bucket you tried to delete is not empty');
    shelf.buckets.delete(id ?? '');
    return json({ message: 'Successfully deleted' });
  }

  /** `/object/list/bucket` and its like: what stands first behind `/object` says what it is about. */
  async function calls(request: IncomingMessage, path: string) {
    const [, call, bucket = '', key] =
      /^\/object\/(list|list-v2|sign|upload\/sign|move|copy)(?:\/([^/]+))?(?:\/(.+))?$/.exec(path) ?? [];
    if (request.method !== 'POST' || !call) return undefined;
    const body = await readJson(request);
    if (call === 'list-v2') return json(listFlat(shelf.bucket(bucket), body));
    if (call === 'list') return json(list(shelf.bucket(bucket), body));
    if (call === 'upload/sign' && key) {
      const upsert = request.headers['x-upsert'] === 'true';
      if (!upsert) shelf.refuseTaken(shelf.bucket(bucket), key);
      return json(await links.toUpload(`${bucket}/${key}`, upsert));
    }
    if (call === 'sign') {
      const seconds = Number(body.expiresIn);
      if (key) {
        shelf.find(bucket, key);
        return json({ signedURL: await links.toRead(`${bucket}/${key}`, seconds) });
      }
      const { objects } = shelf.bucket(bucket);
      return json(
        await Promise.all(
          (body.paths as string[]).map(async path => ({
            path,
            error: objects.has(path)
              ? null
              : 'Either the object does not exist or you do not have access to it',
            signedURL: objects.has(path) ? await links.toRead(`${bucket}/${path}`, seconds) : null,
          })),
        ),
      );
    }
    const from = [String(body.bucketId), String(body.sourceKey)] as const;
    const to = [String(body.destinationBucket ?? body.bucketId), String(body.destinationKey)] as const;
    const { id } = call === 'move' ? shelf.move(from, to) : await shelf.copy(from, to);
    return json({ Id: id, Key: to.join('/'), ...(call === 'move' && { message: 'Successfully moved' }) });
  }

  async function objects(request: IncomingMessage, path: string, query: URLSearchParams) {
    const { method } = request;
    const [, info, bucket = '', key] =
      /^\/object\/(?:(info)\/|authenticated\/)?([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
    if (method === 'DELETE') {
      const keys = key ? [key] : ((await readJson(request)).prefixes as string[]);
      const gone = await shelf.remove(bucket, keys);
      return json(
        key ? { message: 'Successfully deleted' } : gone.map(([name, object]) => listed(name, object)),
      );
    }
    if (!key) return undefined;
    if (info && method === 'GET') return json(describe(bucket, key, shelf.find(bucket, key)));
    if (method === 'GET' || method === 'HEAD')
      return download(shelf, shelf.find(bucket, key), request, query.get('download'));
    if (method !== 'POST' && method !== 'PUT') return undefined;
    return upload(request, bucket, key, method === 'PUT' || request.headers['x-upsert'] === 'true');
  }

  async function route(request: IncomingMessage, path: string, admit: () => Promise<Role | Answer>) {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const free = await open(request, path, query);
    if (free) return free;
    const role = await admit();
    if (typeof role !== 'string') return role;
    if (role !== 'service_role') return refuse(request, path);
    if (path.startsWith('/upload/resumable'))
      return resumable.answer(request, path.slice('/upload/resumable'.length));
    const [, bucket, act] = /^\/bucket(?:\/([^/]+)(?:\/(empty))?)?$/.exec(path) ?? [];
    const answer = /^\/bucket(\/|$)/.test(path)
      ? await buckets(request, bucket, act)
      : ((await calls(request, path)) ?? (await objects(request, path, query)));
    if (answer) return answer;
    throw new StorageProblem(404, 'Not Found', `Route ${request.method}:${path} not found`);
  }

  return {
    shelf,
    resumable,
    async answer(request, path, admit) {
      try {
        return await route(request, path, admit);
      } catch (error) {
        // Read to its end, so that the answer arrives.
        request.resume();
        if (error instanceof StorageProblem) return error.answer();
        if (error instanceof SyntaxError)
          return new StorageProblem(400, 'InvalidRequest', error.message).answer();
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => shelf[Symbol.asyncDispose](),
  };
}

/** For whom no row is there. */
function refuse({ method }: IncomingMessage, path: string): Answer {
  if (path === '/bucket' && method === 'GET') return json([]);
  if (path.startsWith('/object/list/')) return json([]);
  if (/^\/bucket\/./.test(path)) throw new StorageProblem(404, 'Bucket not found', 'Bucket not found');
  const reads = method === 'GET' || method === 'HEAD' || path.startsWith('/object/sign/');
  throw reads ? new StorageProblem(404, 'not_found', 'Object not found') : rowSecurity();
}

const told = ({ id, public: isPublic, sizeLimit, types, createdAt }: Bucket) => ({
  id,
  name: id,
  owner: '',
  public: isPublic,
  file_size_limit: sizeLimit,
  allowed_mime_types: types,
  created_at: createdAt,
  updated_at: createdAt,
});
