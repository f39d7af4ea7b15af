// Bytes up and down over plain HTTP, as fast as the other side takes them.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';

/** The same block again and again: making random bytes would be measured too. */
const BLOCK = randomBytes(256 * 1024);

export interface Sent {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
}

/** @param size bytes of the body */
export async function send(
  method: string,
  url: string,
  headers: OutgoingHttpHeaders,
  size: number,
  moved: (bytes: number) => void = () => {},
): Promise<Sent> {
  const asked = request(url, { method, agent: false, headers: { ...headers, 'Content-Length': size } });
  const answered = once(asked, 'response') as Promise<[IncomingMessage]>;
  answered.catch(() => {});
  for (let left = size; left > 0; left -= BLOCK.length) {
    const block = left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK;
    moved(block.length);
    if (!asked.write(block)) await Promise.race([once(asked, 'drain'), answered]);
  }
  asked.end();
  const [answer] = await answered;
  answer.resume();
  await once(answer, 'end');
  return { status: answer.statusCode ?? 0, headers: answer.headers };
}

/** Reads it to its end and gives its bytes. */
export async function fetchAll(
  url: string,
  headers: OutgoingHttpHeaders,
  moved: (bytes: number) => void = () => {},
): Promise<number> {
  const asked = request(url, { agent: false, headers }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  if (answer.statusCode !== 200) throw new Error(`GET answered ${answer.statusCode}`);
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    moved(chunk.length);
  });
  await once(answer, 'end');
  return bytes;
}

const TUS = { 'Tus-Resumable': '1.0.0' };
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** One file by tus, in one request after the first. Gives its address. */
export async function upload(
  hub: { url: string; token: string; room: string },
  size: number,
  moved?: (bytes: number) => void,
): Promise<string> {
  const headers = { ...TUS, Authorization: `Bearer ${hub.token}` };
  const begun = await send(
    'POST',
    `${hub.url}/api/files`,
    {
      ...headers,
      'Upload-Length': size,
      'Upload-Metadata': `room ${base64(hub.room)},filename ${base64('a.bin')}`,
    },
    0,
  );
  if (begun.status !== 201) throw new Error(`POST answered ${begun.status}`);
  const url = `${hub.url}${begun.headers.location}`;
  const type = 'application/offset+octet-stream';
  const patched = await send(
    'PATCH',
    url,
    { ...headers, 'Upload-Offset': 0, 'Content-Type': type },
    size,
    moved,
  );
  if (patched.status !== 204) throw new Error(`PATCH answered ${patched.status}`);
  return url;
}

export const remove = (url: string, token: string): Promise<Sent> =>
  send('DELETE', url, { ...TUS, Authorization: `Bearer ${token}` }, 0);
