// The tus protocol between a request and the storage, by @tus/server: whose upload it is was decided before, what became of it is told as our own errors.
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { type CancellationContext, type DataStore, ERRORS, Server, type Upload } from '@tus/server';
import { HubError, unavailable } from '../hub/errors.ts';
import type { FileHub } from '../hub/file-hub.ts';
import type { Actor } from '../hub/ports.ts';
import type { StoredFile } from '../hub/ports-file-store.ts';
import type { PassingBytes } from './passing-bytes.ts';

export const PATH = '/api/files';
/** What waits between the network and the storage, of each upload: bytes, and pieces of up to 64 KiB. */
const BUFFER = 256 * 1024;
const PIECES = 4;

/** What one request is about, and what went wrong in it. */
export interface UploadWork {
  readonly actor: Actor;
  /** Of a new one. */
  readonly begins?: { readonly room: string; readonly filename: string };
  /** The upload; of a new one once it is begun. */
  stored?: StoredFile | undefined;
  failure?: unknown;
}

export interface UploadAnswer {
  readonly status: number;
  readonly headers: Headers;
}

export interface Uploads {
  /** Carries out POST, HEAD, PATCH or DELETE. @throws HubError, or a fault of ours */
  handle(req: IncomingMessage, work: UploadWork): Promise<UploadAnswer>;
}

/** As much of a request as @tus/server looks at. The body stays Node's own stream: two conversions less for every piece. */
interface TusRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: IncomingMessage;
  readonly runtime: { readonly node: { readonly req: IncomingMessage } };
}

export function createUploads({
  files,
  store,
  passing,
}: {
  files: FileHub;
  store: DataStore;
  passing: PassingBytes;
}): Uploads {
  const works = new WeakMap<IncomingMessage, UploadWork>();
  const workOf = (request: unknown) => works.get((request as TusRequest).body) as UploadWork;

  const tus = new Server({
    path: PATH,
    datastore: store,
    locker: files.locks,
    lockDrainTimeout: 300,
    generateUrl: (_request, { id }) => `${PATH}/${id}`,
    getFileIdFromRequest: request => workOf(request).stored?.file.id,
    async namingFunction(request) {
      const work = workOf(request);
      if (!work.begins) throw new TypeError('no new upload is begun by this request');
      const { room, filename: name } = work.begins;
      const size = Number(request.headers.get('upload-length'));
      work.stored = await files.begin(work.actor, { room, name, size });
      return work.stored.file.id;
    },
    async onUploadFinish(request) {
      const work = workOf(request);
      if (work.stored) work.stored = await files.finish(work.stored);
      return {};
    },
    onResponseError(request, error) {
      workOf(request).failure = error;
      return undefined;
    },
  });

  for (const handler of [tus.handlers.POST, tus.handlers.PATCH]) {
    const within = handler as unknown as { writeToStore: typeof write };
    within.writeToStore = write;
  }

  /** In place of the library's own, which knows web streams alone. Whatever ends the request, what has come of it is kept. */
  async function write(
    body: IncomingMessage,
    upload: Upload,
    most: number,
    { signal }: CancellationContext,
  ): Promise<number> {
    if (signal.aborted) throw ERRORS.ABORTED;
    const stored = works.get(body)?.stored;
    let offset = upload.offset;
    const end = offset + most;
    const bytes = new Transform({
      writableHighWaterMark: BUFFER,
      // Pieces stay as they came: a stream of bytes would join what waits, and to copy it all costs more than the rest of the way.
      readableObjectMode: true,
      readableHighWaterMark: PIECES,
      transform(chunk: Buffer, _encoding, done) {
        offset += chunk.length;
        if (offset > end) return done(tooLarge());
        passing(chunk.length);
        if (stored) files.sent(stored, offset);
        const wait = files.pace.took(chunk.length);
        if (wait > 0) setTimeout(done, wait, null, chunk);
        else done(null, chunk);
      },
    });
    // Nobody may be listening yet, or any more.
    bytes.on('error', () => body.unpipe(bytes));
    const stop = () => {
      body.unpipe(bytes);
      if (!bytes.destroyed) bytes.end();
    };
    signal.addEventListener('abort', stop, { once: true });
    body.once('error', stop);
    body.once('close', stop);
    // The client may be gone already, and nothing more is ever heard of it.
    if (body.destroyed) bytes.end();
    else body.pipe(bytes);
    try {
      return await store.write(bytes, upload.id, upload.offset);
    } catch (error) {
      // What the stream itself refused is what the client should hear.
      throw bytes.errored instanceof HubError ? bytes.errored : error;
    } finally {
      signal.removeEventListener('abort', stop);
      body.off('error', stop);
      body.off('close', stop);
      body.unpipe(bytes);
    }
  }

  return {
    async handle(req, work) {
      const request: TusRequest = {
        method: req.method ?? '',
        url: `http://hub${PATH}`,
        headers: tusHeaders(req),
        body: req,
        runtime: { node: { req } },
      };
      works.set(req, work);
      const { status, headers } = await tus.handleWeb(request as unknown as Request);
      if (status < 400) return { status, headers };
      throw asError(status, work.failure);
    },
  };
}

const HEADERS = /^(?:tus-|upload-|content-(?:type|length)$)/;

function tusHeaders({ headers }: IncomingMessage): Headers {
  const picked = Object.entries(headers).filter(([name]) => HEADERS.test(name));
  return new Headers(picked.map(([name, value]) => [name, String(value)]));
}

/** Of the library's own errors; what we threw ourselves comes through as it is. */
function asError(status: number, failure: unknown): unknown {
  if (failure instanceof Error) return failure;
  if (failure === ERRORS.ABORTED) return unavailable('Another request goes on with this upload.', 1000);
  const known = sentences.get(failure) ?? byStatus[status];
  if (known) return known();
  return failure ?? new Error(`tus answered ${status}`);
}

const bad = (message: string) => () => new HubError('bad_request', message);
const tooLarge = () => new HubError('too_large', 'The body is longer than what is left of the upload.');

const sentences = new Map<unknown, () => HubError>([
  [ERRORS.MISSING_OFFSET, bad('The header "Upload-Offset" is missing.')],
  [ERRORS.INVALID_CONTENT_TYPE, bad('Send the bytes as "Content-Type: application/offset+octet-stream".')],
  [ERRORS.INVALID_LENGTH, bad('The header "Upload-Length" is missing: say how many bytes the file has.')],
  [
    ERRORS.UNSUPPORTED_CREATION_DEFER_LENGTH_EXTENSION,
    bad('A size that is told later is not taken: send the header "Upload-Length".'),
  ],
  [ERRORS.UNSUPPORTED_CONCATENATION_EXTENSION, bad('Uploads in parts at once are not taken.')],
  [ERRORS.INVALID_METADATA, bad('The header "Upload-Metadata" is malformed.')],
  [
    ERRORS.INVALID_OFFSET,
    () =>
      new HubError('conflict', 'The upload stands at another offset. Ask with HEAD, and go on from there.'),
  ],
  [ERRORS.ERR_SIZE_EXCEEDED, tooLarge],
  [ERRORS.ERR_MAX_SIZE_EXCEEDED, tooLarge],
]);

const byStatus: Record<number, (() => HubError) | undefined> = {
  400: bad('A header of the upload is malformed.'),
  404: () => new HubError('not_found', 'There is no such file, or it is not kept any more.'),
  410: () => new HubError('not_found', 'There is no such file, or it is not kept any more.'),
};
