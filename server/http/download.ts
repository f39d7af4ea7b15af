// Bytes on their way to a reader: ranges, what a browser may do with them, and an end to readers that stand still.
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { ByteRange } from '../hub/ports-files.ts';
import type { PassingBytes } from './passing-bytes.ts';

/** A reader that takes nothing for so long is cut off, in ms. */
const STANDSTILL = 60_000;

export interface Download {
  readonly type: string;
  readonly size: number;
  /** For ever the same for the same bytes. */
  readonly tag: string;
  readonly name: string;
  readonly attachment: boolean;
  readonly cache: string;
  /** Pages of other sites may show it. */
  readonly elsewhere: boolean;
  open(range?: ByteRange): Promise<Readable>;
  readonly passing: PassingBytes;
}

/** Answers GET and HEAD. What a browser gets can neither run nor be taken for another type than it is (attack 24). */
export async function send(req: Request, res: Response, file: Download): Promise<void> {
  const { size } = file;
  const tag = `"${file.tag}"`;
  res.attachment(file.name);
  if (!file.attachment)
    res.set('Content-Disposition', String(res.get('Content-Disposition')).replace(/^attachment/, 'inline'));
  res.set({
    'Content-Type': file.type,
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': file.elsewhere ? 'cross-origin' : 'same-origin',
    'Accept-Ranges': 'bytes',
    'Cache-Control': file.cache,
    ETag: tag,
  });
  if (holds(req.get('If-None-Match'), tag)) {
    res.status(304).end();
    return;
  }
  const range = rangeOf(req, size, tag);
  if (range === 'outside') {
    res.set('Content-Range', `bytes */${size}`).removeHeader('Content-Disposition');
    res.status(416).json({
      error: {
        code: 'bad_request',
        message: `The range begins behind the end of the file, which has ${size} bytes.`,
      },
    });
    return;
  }
  res.set('Content-Length', String(range ? range.end - range.start + 1 : size));
  if (range) res.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  const bytes = await file.open(range);
  // With pipeline in the same turn, so that nothing flows past it.
  bytes.on('data', (chunk: Buffer) => file.passing(chunk.length));
  res.setTimeout(STANDSTILL, () => res.destroy());
  // The reader went, or the storage broke off: either way the connection is over, and nothing more can be said on it.
  await pipeline(bytes, res).catch(() => res.destroy());
}

/** Not Express's own look, which takes "Cache-Control: no-cache" of a request for a wish to have it all once more. */
const holds = (condition: string | undefined, tag: string) =>
  condition?.split(',').some(one => ['*', tag].includes(one.trim().replace(/^W\//, '')));

/** One range; several at once are answered with the whole, as HTTP allows. */
function rangeOf(req: Request, size: number, tag: string): ByteRange | 'outside' | undefined {
  const condition = req.get('If-Range');
  if (condition !== undefined && condition !== tag) return undefined;
  const ranges = req.range(size, { combine: true });
  if (ranges === -1) return 'outside';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1)
    return undefined;
  return ranges[0];
}
