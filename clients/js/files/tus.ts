// One attempt at an upload by tus 1.0: from wherever the hub is, to the end or to the first thing that goes wrong.
import type { HttpRequest, HttpResponse } from 'tus-js-client';
import { Alarm } from '../alarm.ts';
import { CallError } from '../errors.ts';
import { errorOf, type FileAccess } from './access.ts';
import type { Reader } from './source.ts';

export interface Attempt {
  access: FileAccess;
  reader: Reader;
  size: number;
  /** Undefined: it is to be created. */
  id: string | undefined;
  metadata: { filename: string; filetype: string; room: string };
  signal: AbortSignal;
  created(id: string): void;
  progress(sent: number): void;
}

/** Without a sign of life for so long, the way is taken for broken. */
const SILENCE_MS = 45_000;
/** A request is to take about this long: a hub waits 30 s for one, and what a cut may cost is as much. */
const PIECE_MS = 4_000;
const PIECE_BYTES = { first: 1 << 20, least: 1 << 18, most: 1 << 24 };

/** @throws CallError also when aborted */
export async function attempt({ access, reader, size, metadata, signal, ...at }: Attempt): Promise<void> {
  const { Upload } = await load();
  const silence = new Alarm();
  let began = performance.now();
  let token = '';
  await new Promise<void>((resolve, reject) => {
    const end = (settle: () => void) => {
      silence.clear();
      signal.removeEventListener('abort', abort);
      settle();
    };
    const abort = () => {
      void upload.abort();
      end(() => reject(new CallError('unknown', 'Stopped')));
    };
    const broken = () => {
      void upload.abort();
      end(() => reject(new CallError('unavailable', 'The hub does not answer')));
    };
    const alive = () => silence.set(SILENCE_MS, broken);
    const upload = new Upload(new Blob(), {
      ...(at.id ? { uploadUrl: `${access.url}/${at.id}` } : { endpoint: access.url }),
      metadata,
      uploadSize: size,
      chunkSize: PIECE_BYTES.first,
      retryDelays: null,
      storeFingerprintForResuming: false,
      fingerprint: async () => '',
      fileReader: {
        openFile: async () => ({
          size,
          slice: async (start, end) => ({
            value: await reader.read(start, Math.min(end, size)),
            done: end >= size,
          }),
          close() {},
        }),
      },
      async onBeforeRequest(request) {
        token = await access.token();
        request.setHeader('Authorization', `Bearer ${token}`);
        began = performance.now();
        alive();
      },
      onAfterResponse(request: HttpRequest, response: HttpResponse) {
        alive();
        const status = response.getStatus();
        if (status === 401) access.refused(token);
        if (status >= 400) throw errorOf(status, response.getBody());
        if (request.getMethod() === 'PATCH')
          upload.options.chunkSize = nextPiece(upload.options.chunkSize!, began);
      },
      onUploadUrlAvailable() {
        const id = upload.url?.split('/').pop();
        if (id && !at.id) at.created(id);
      },
      onProgress(sent) {
        alive();
        at.progress(sent);
      },
      onSuccess: () => end(resolve),
      onError: error => end(() => reject(reasonOf(error))),
    });
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    else {
      alive();
      upload.start();
    }
  });
}

/** Loaded when the first file is uploaded: who never does, never carries it. */
async function load(): Promise<Pick<typeof import('tus-js-client'), 'Upload'>> {
  try {
    return await import('tus-js-client');
  } catch (cause) {
    throw new CallError('unavailable', 'What uploads files could not be loaded', { cause });
  }
}

/** Larger on a fast line, smaller on a slow one. */
function nextPiece(bytes: number, began: number): number {
  const fitting = bytes * (PIECE_MS / Math.max(1, performance.now() - began));
  return Math.round(Math.min(Math.max(fitting, bytes / 4, PIECE_BYTES.least), bytes * 2, PIECE_BYTES.most));
}

function reasonOf(error: Error & { causingError?: Error | null }): CallError {
  for (const one of [error, error.causingError]) if (one instanceof CallError) return one;
  return new CallError('unavailable', 'The hub cannot be reached', { cause: error });
}
