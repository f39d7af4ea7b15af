// Files over HTTP as a plain client sends and fetches them: tus by hand, so that tests can send what no client should.

export interface FileAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The error of the answer, when it is one of the protocol. */
  readonly error: { code: string; message: string; details?: unknown } | undefined;
}

export interface NewUpload {
  readonly room: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface FileDoor {
  /** Any request under /api/files with the token; `path` is what follows. */
  ask(method: string, path: string, headers?: Record<string, string>, body?: Uint8Array): Promise<FileAnswer>;
  /** POST. */
  begin(
    upload: { room: string; name: string; size: number },
    more?: Record<string, string>,
  ): Promise<FileAnswer>;
  /** PATCH. */
  patch(id: string, offset: number, bytes: Uint8Array): Promise<FileAnswer>;
  /** HEAD of tus: the offset, or undefined. */
  offset(id: string): Promise<number | undefined>;
  /** The whole of it. Gives the id. */
  upload(upload: NewUpload): Promise<string>;
  get(id: string, headers?: Record<string, string>): Promise<FileAnswer>;
}

export const TUS = { 'Tus-Resumable': '1.0.0' };

const base64 = (text: string) => Buffer.from(text).toString('base64');
export const metadata = (room: string, name: string) =>
  `room ${base64(room)},filename ${base64(name)},filetype ${base64('text/plain')}`;
export const idOf = (answer: FileAnswer): string => answer.headers.get('location')?.split('/').at(-1) ?? '';

export function createFileDoor(url: string, token: string): FileDoor {
  const ask: FileDoor['ask'] = async (method, path, headers = {}, body) => {
    const answer = await fetch(`${url}/api/files${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...headers },
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const json = answer.headers.get('content-type')?.startsWith('application/json') && answer.status >= 400;
    return {
      status: answer.status,
      headers: answer.headers,
      bytes,
      error: json ? JSON.parse(bytes.toString()).error : undefined,
    };
  };
  const begin: FileDoor['begin'] = ({ room, name, size }, more) =>
    ask('POST', '', {
      ...TUS,
      'Upload-Length': String(size),
      'Upload-Metadata': metadata(room, name),
      ...more,
    });
  const patch: FileDoor['patch'] = (id, offset, bytes) =>
    ask(
      'PATCH',
      `/${id}`,
      { ...TUS, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
      bytes,
    );
  return {
    ask,
    begin,
    patch,
    async offset(id) {
      const { status, headers } = await ask('HEAD', `/${id}`, TUS);
      return status === 200 ? Number(headers.get('upload-offset')) : undefined;
    },
    async upload({ bytes, ...file }) {
      const begun = await begin({ ...file, size: bytes.length });
      if (begun.status !== 201) throw new Error(`POST: ${begun.status} ${begun.bytes}`);
      const id = idOf(begun);
      if (bytes.length > 0) {
        const patched = await patch(id, 0, bytes);
        if (patched.status !== 204) throw new Error(`PATCH: ${patched.status} ${patched.bytes}`);
      }
      return id;
    },
    get: (id, headers) => ask('GET', `/${id}`, headers),
  };
}
