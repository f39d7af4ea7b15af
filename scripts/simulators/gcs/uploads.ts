// The three ways in which Google Cloud Storage takes an upload: the bytes alone, with what is said of them, or bit by bit in a session.
import { randomUUID } from 'node:crypto';
import type { Asked, Reply } from '../objects/server.ts';
import { GcsProblem, json } from './problem.ts';
import { type Bucket, describe, type Label, type Session, store } from './shelf.ts';

/** Bytes that a session keeps are a multiple of it, but for the last. */
const STEP = 256 * 1024;

export function createUploads(bucketOf: (name: string) => Bucket, urlOf: () => string) {
  const sessions = new Map<string, Session>();

  function take({ query, headers, body }: Asked, bucket: string): Reply {
    const condition = query.get('ifGenerationMatch');
    const kind = query.get('uploadType');
    if (kind === 'resumable') {
      const { name, ...label } = JSON.parse(body.toString() || '{}') as Label & { name?: string };
      const id = randomUUID();
      bucketOf(bucket);
      sessions.set(id, {
        bucket,
        name: query.get('name') ?? name ?? '',
        label,
        condition,
        bytes: Buffer.alloc(0),
      });
      const location = `${urlOf()}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${id}`;
      return { status: 200, headers: { location } };
    }
    const type = headers['content-type'] ?? '';
    const { label, bytes, name } =
      kind === 'multipart'
        ? related(body, type)
        : { label: { contentType: type }, bytes: body, name: undefined };
    const key = query.get('name') ?? name ?? '';
    return json(describe(bucket, key, store(bucketOf(bucket), key, bytes, label, condition)));
  }

  /** Some bytes of a session, or with none the question how many are there. */
  function goOn({ query, headers, body }: Asked): Reply {
    const session = sessions.get(query.get('upload_id') ?? '');
    if (!session) throw new GcsProblem(404, 'No such upload session');
    if (session.done) return json(describe(session.bucket, session.name, session.done));
    const [, start, total = '*'] =
      /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers['content-range'] ?? 'bytes 0-0/*') ?? [];
    const whole = headers['content-range'] === undefined;
    if (start !== undefined || whole) {
      const at = whole ? 0 : Number(start);
      if (at > session.bytes.length) throw new GcsProblem(503, 'The bytes before these are missing');
      const all = Buffer.concat([session.bytes.subarray(0, at), body]);
      const last = whole || Number(total) === all.length;
      session.bytes = last ? all : all.subarray(0, all.length - (all.length % STEP));
      if (last) return finish(session);
    } else if (Number(total) === session.bytes.length) return finish(session);
    const kept = session.bytes.length;
    return { status: 308, headers: kept > 0 ? { range: `bytes=0-${kept - 1}` } : {} };
  }

  function finish(session: Session): Reply {
    const { bucket, name, label, condition, bytes } = session;
    session.done = store(bucketOf(bucket), name, bytes, label, condition);
    return json(describe(bucket, name, session.done));
  }

  return { take, goOn };
}

/** `multipart/related`: JSON about the object, and the object. */
function related(body: Buffer, type: string) {
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
  if (!boundary) throw new GcsProblem(400, 'Missing boundary');
  const line = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  for (let at = body.indexOf(line); at >= 0; ) {
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), line]), at + line.length);
    if (next < 0) break;
    const part = body.subarray(at + line.length + 2, next);
    parts.push(part.subarray(part.indexOf('\r\n\r\n') + 4));
    at = next + 2;
  }
  const [about, bytes] = parts;
  if (!about || !bytes) throw new GcsProblem(400, 'Multipart body is malformed');
  const { name, ...label } = JSON.parse(about.toString()) as Label & { name?: string };
  return { name, label, bytes };
}
