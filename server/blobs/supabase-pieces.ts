// Large objects at Supabase Storage: its own resumable uploads, which it keeps for 24 hours. It wants them in pieces of 6 MiB.
import type { Pieces } from './bucket.ts';
import { PIECE } from './piece-bytes.ts';
import { WebStatus } from './web-read.ts';

const TUS = { 'tus-resumable': '1.0.0' };

export interface SupabasePiecesDeps {
  readonly url: string;
  readonly bucket: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  readonly attempts: number;
  /** Of a finished object. */
  size(key: string): Promise<number>;
}

export function createSupabasePieces(deps: SupabasePiecesDeps): Pieces {
  const { url, bucket, attempts, size: sizeOf } = deps;
  const base = `${url}/storage/v1/upload/resumable`;

  async function ask(
    method: string,
    path: string,
    more: Record<string, string>,
    body?: Uint8Array<ArrayBuffer>,
  ) {
    // Bytes go once: where they belong is asked anew before they go again.
    const send = method === 'PATCH' ? fetch : deps.fetch;
    const answer = await send(base + path, {
      method,
      headers: { ...deps.headers, ...TUS, 'x-upsert': 'true', ...more },
      ...(body && { body, signal: AbortSignal.timeout(120_000) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new WebStatus(answer.status === 410 ? 404 : answer.status, text);
    return answer.headers;
  }
  const offsetOf = async (handle: string) =>
    Number((await ask('HEAD', `/${handle}`, {})).get('upload-offset'));

  return {
    pieceBytes: () => PIECE,
    async begin(key, size) {
      const metadata = { bucketName: bucket, objectName: key, contentType: 'application/octet-stream' };
      const location = (
        await ask('POST', '', {
          'upload-length': String(size),
          'upload-metadata': Object.entries(metadata)
            .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
            .join(','),
        })
      ).get('location');
      // The rest is the address by which the service knows itself, which need not be ours.
      return location?.split('/').at(-1) ?? '';
    },
    kept: (_, handle) => offsetOf(handle),
    async add(_, handle, at, bytes) {
      let done = 0;
      for (let left = attempts - 1; ; left--) {
        try {
          const headers = {
            'upload-offset': String(at + done),
            'content-type': 'application/offset+octet-stream',
          };
          await ask('PATCH', `/${handle}`, headers, new Uint8Array(bytes.subarray(done)));
          return;
        } catch (error) {
          if (left <= 0) throw error;
          done = (await offsetOf(handle)) - at;
          if (done === bytes.length) return;
          if (done < 0 || done > bytes.length) throw error;
        }
      }
    },
    // It did so with the last byte.
    async complete(key, _, size) {
      const found = await sizeOf(key);
      if (found !== size) throw new Error(`The object ${key} has ${found} bytes instead of ${size}`);
    },
    async abort(_, handle) {
      if (!handle) return;
      await ask('DELETE', `/${handle}`, {}).catch(error => {
        if (!(error instanceof WebStatus) || error.status >= 500) throw error;
      });
    },
    // The service forgets them by itself, and tells of none.
    async *unfinished() {},
  };
}
