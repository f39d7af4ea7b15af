// S3 on loopback, for tests and local work: signatures, objects and multipart uploads as its official client meets them, with faults on demand.
import { randomBytes } from 'node:crypto';
import type { Fault } from '../objects/faults.ts';
import { type Asked, openObjectServer, type Reply } from '../objects/server.ts';
import { multipart } from './multipart.ts';
import { objects } from './objects.ts';
import { S3Problem } from './problem.ts';
import type { Bucket } from './shelf.ts';
import { type Keys, verify } from './signature.ts';

export interface S3Simulator extends AsyncDisposable {
  /** For S3_ENDPOINT; buckets stand in the path. */
  readonly url: string;
  readonly keys: Keys;
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly faults: Fault[];
  readonly requests: string[];
  /** Added to its clock, in ms. */
  skew: number;
  makeBucket(name: string): void;
}

export interface SimulatorOptions {
  /** 0, the default: any free one. */
  port?: number;
  /** How much one page of a list has; 1,000, as at Amazon. */
  pageSize?: number;
}

export async function openS3Simulator({
  port = 0,
  pageSize = 1000,
}: SimulatorOptions = {}): Promise<S3Simulator> {
  const keys: Keys = {
    id: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secret: randomBytes(30).toString('base64'),
    region: 'eu-central-1',
  };
  const buckets = new Map<string, Bucket>();
  const clock = { skew: 0 };

  function route(asked: Asked): Reply {
    const now = Date.now() + clock.skew;
    verify(asked, keys, now);
    const [, name = '', key = ''] = /^\/([^/]+)\/?(.*)$/.exec(decodeURIComponent(asked.path)) ?? [];
    const bucket = buckets.get(name);
    if (!bucket) throw new S3Problem(404, 'NoSuchBucket', 'The specified bucket does not exist');
    const reply =
      multipart(asked, name, bucket, key, pageSize, now) ?? objects(asked, name, bucket, key, pageSize, now);
    if (reply) return reply;
    throw new S3Problem(
      405,
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
    );
  }

  const server = await openObjectServer({
    port,
    answer(asked) {
      const date = new Date(Date.now() + clock.skew).toUTCString();
      try {
        const reply = route(asked);
        return { ...reply, headers: { date, ...reply.headers } };
      } catch (error) {
        if (!(error instanceof S3Problem)) throw error;
        const reply = error.reply();
        return { ...reply, headers: { date, ...reply.headers } };
      }
    },
    problem: (status, code = 'InternalError') => new S3Problem(status, code, 'Please try again.').reply(),
  });
  return {
    url: server.url,
    keys,
    buckets,
    faults: server.faults,
    requests: server.requests,
    get skew() {
      return clock.skew;
    },
    set skew(ms) {
      clock.skew = ms;
    },
    makeBucket: name => void buckets.set(name, { objects: new Map(), multiparts: new Map() }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
