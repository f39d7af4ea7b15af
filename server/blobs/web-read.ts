// Reading a file from a service over HTTP as a stream, with what its own client lacks: the answer is known to be good before anybody is
// told that there is a stream, and whatever breaks in its middle ends the stream alone.
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as delay } from 'node:timers/promises';
import type { ByteRange } from '../hub/ports-files.ts';
import type { Patience } from './open.ts';

/** What a service answered in place of a file. */
export class WebStatus extends Error {
  override readonly name = 'WebStatus';
  readonly status: number;

  constructor(status: number, text: string) {
    super(`${status}${text && `: ${text.slice(0, 300)}`}`);
    this.status = status;
  }
}

/** What is worth another try. */
export const AGAIN = new Set([408, 429, 500, 502, 503, 504]);
/** Before the second try; before each other one it doubles. */
export const PAUSE_MS = 200;

/** @param headers asked for each time: a token may have been renewed */
export async function webRead(
  url: string,
  headers: () => Promise<Record<string, string>>,
  range: ByteRange | undefined,
  { timeout, attempts }: Patience,
): Promise<Readable> {
  for (let left = attempts - 1; ; left--) {
    try {
      return await once(
        url,
        { ...(await headers()), ...(range && { range: `bytes=${range.start}-${range.end}` }) },
        timeout,
      );
    } catch (error) {
      if (left <= 0 || (error instanceof WebStatus && !AGAIN.has(error.status))) throw error;
      await delay(PAUSE_MS * 2 ** (attempts - 1 - left));
    }
  }
}

async function once(url: string, headers: Record<string, string>, timeout: number): Promise<Readable> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${timeout} ms`)), timeout);
  try {
    const answer = await fetch(url, { headers, signal: late.signal });
    if (!answer.ok) throw new WebStatus(answer.status, await answer.text().catch(() => ''));
    return answer.body ? Readable.fromWeb(answer.body as ReadableStream) : Readable.from([]);
  } finally {
    clearTimeout(timer);
  }
}
