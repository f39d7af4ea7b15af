// Google Cloud Storage on loopback, for tests and local work: its JSON API, tokens for a service account, and signed addresses, with faults on demand.
import { createOAuth, type OAuth } from '../google/oauth.ts';
import type { Fault } from '../objects/faults.ts';
import { type Asked, openObjectServer, type Reply, rangeOf } from '../objects/server.ts';
import { GcsProblem, json } from './problem.ts';
import { type Bucket, compose, describe, find, type Label, type StoredObject } from './shelf.ts';
import { refusalOf } from './signed.ts';
import { createUploads } from './uploads.ts';

export interface GcsSimulator extends AsyncDisposable {
  /** For GOOGLE_ROOT_URL. */
  readonly url: string;
  /** For GOOGLE_CREDENTIALS. */
  readonly credentials: string;
  readonly oauth: OAuth;
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly faults: Fault[];
  readonly requests: string[];
  makeBucket(name: string): void;
}

export interface SimulatorOptions {
  /** 0, the default: any free one. */
  port?: number;
  /** How much one page of a list has; 1,000, as at Google. */
  pageSize?: number;
}

export async function openGcsSimulator({
  port = 0,
  pageSize = 1000,
}: SimulatorOptions = {}): Promise<GcsSimulator> {
  const oauth = await createOAuth({ accounts: new Map(), now: Date.now });
  const buckets = new Map<string, Bucket>();
  const bucketOf = (name: string): Bucket => {
    const bucket = buckets.get(name);
    if (bucket) return bucket;
    throw new GcsProblem(404, 'The specified bucket does not exist.');
  };
  const uploads = createUploads(bucketOf, () => server.url);

  async function route(asked: Asked): Promise<Reply> {
    const { method, path, query, body } = asked;
    if (method === 'POST' && /^\/(oauth2\/v4\/)?token$/.test(path)) {
      const answer = await oauth.token(new URLSearchParams(body.toString()));
      return json(answer.body, answer.status);
    }
    const [, signedBucket = '', signedName = ''] = /^\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (query.has('X-Goog-Signature'))
      return (
        refusalOf(asked, oauth.service, Date.now()) ??
        download(asked, find(bucketOf(signedBucket), decodeURIComponent(signedName)))
      );
    // A session's address is its own key.
    if (method === 'PUT' && query.has('upload_id')) return uploads.goOn(asked);
    if (!oauth.bearer(asked.headers.authorization)) throw new GcsProblem(401, 'Invalid Credentials');
    const [, upload, name = '', key, act] =
      /^\/(upload\/)?storage\/v1\/b\/([^/]+)(?:\/o(?:\/([^/]+)(?:\/(compose))?)?)?$/.exec(path) ?? [];
    if (!name) throw new GcsProblem(404, 'Not Found');
    if (upload && method === 'POST') return uploads.take(asked, name);
    const bucket = bucketOf(name);
    if (!key) return path.endsWith('/o') ? list(bucket, name, query) : json({ kind: 'storage#bucket', name });
    return object(asked, bucket, name, decodeURIComponent(key), act);
  }

  function object(asked: Asked, bucket: Bucket, name: string, key: string, act: string | undefined): Reply {
    const { method, query, body } = asked;
    const condition = query.get('ifGenerationMatch');
    if (act && method === 'POST') {
      const { sourceObjects, destination } = JSON.parse(body.toString()) as {
        sourceObjects: { name: string }[];
        destination?: Label;
      };
      return json(describe(name, key, compose(bucket, key, sourceObjects, destination ?? {}, condition)));
    }
    const found = find(bucket, key);
    if (condition !== null && condition !== found.generation)
      throw new GcsProblem(412, 'At least one of the pre-conditions you specified did not hold.');
    if (method === 'DELETE') {
      bucket.delete(key);
      return { status: 204 };
    }
    if (method !== 'GET') throw new GcsProblem(405, 'Method not allowed');
    return query.get('alt') === 'media' ? download(asked, found) : json(describe(name, key, found));
  }

  function list(bucket: Bucket, name: string, query: URLSearchParams): Reply {
    const after = Buffer.from(query.get('pageToken') ?? '', 'base64').toString();
    const count = Math.min(pageSize, Number(query.get('maxResults') ?? pageSize));
    const prefix = query.get('prefix') ?? '';
    const all = [...bucket].filter(([key]) => key.startsWith(prefix) && key > after);
    all.sort(([a], [b]) => (a < b ? -1 : 1));
    const page = all.slice(0, count);
    return json({
      kind: 'storage#objects',
      items: page.map(([key, found]) => describe(name, key, found)),
      ...(all.length > count && { nextPageToken: Buffer.from(page.at(-1)?.[0] ?? '').toString('base64') }),
    });
  }

  const server = await openObjectServer({
    port,
    async answer(asked) {
      try {
        return await route(asked);
      } catch (error) {
        if (error instanceof GcsProblem) return error.reply();
        throw error;
      }
    },
    problem: (status, reason) => new GcsProblem(status, 'Backend Error').reply(reason),
  });
  return {
    url: server.url,
    credentials: JSON.stringify(oauth.service),
    oauth,
    buckets,
    faults: server.faults,
    requests: server.requests,
    makeBucket: name => void buckets.set(name, new Map()),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function download({ headers, query }: Asked, { bytes, type, crc32c, md5, generation }: StoredObject): Reply {
  const range = rangeOf(headers.range, bytes.length);
  if (range === 'outside') throw new GcsProblem(416, 'Request range not satisfiable');
  const saveAs = query.get('response-content-disposition');
  return {
    status: range ? 206 : 200,
    headers: {
      'content-type': query.get('response-content-type') ?? type,
      'x-goog-generation': generation,
      'x-goog-hash': `crc32c=${crc32c}${md5 ? `,md5=${md5}` : ''}`,
      'x-goog-stored-content-encoding': 'identity',
      ...(saveAs && { 'content-disposition': saveAs }),
      ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${bytes.length}` }),
    },
    body: range ? bytes.subarray(range.start, range.end + 1) : bytes,
  };
}
