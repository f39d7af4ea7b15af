// What is uploaded, read piece by piece: no more than one piece of a file is in memory, and a piece can be had again after a cut.
import { CallError } from '../errors.ts';
import type { UploadSource } from './types.ts';

/** A piece, as both browsers and Node send it. */
export type Piece = (Blob | Uint8Array) & { size: number };

export interface Reader {
  /** Undefined: a stream, that can't go back further than its last piece. */
  readonly blob: Blob | undefined;
  readonly rereadable: boolean;
  /** Bytes from `start` to before `end`. @throws CallError when the source has not got them any more */
  read(start: number, end: number): Promise<Piece>;
}

const inBrowser = () => typeof XMLHttpRequest !== 'undefined';
const sized = (bytes: Uint8Array): Piece => Object.assign(bytes, { size: bytes.byteLength });

export function openReader(source: UploadSource): Reader {
  if (source instanceof Blob) return blobReader(source);
  if (source instanceof Uint8Array)
    return {
      blob: undefined,
      rereadable: true,
      read: async (start, end) => sized(source.subarray(start, end)),
    };
  return streamReader(source);
}

/** How many bytes there are; undefined for streams. */
export const sizeOf = (source: UploadSource): number | undefined =>
  source instanceof Blob ? source.size : source instanceof Uint8Array ? source.byteLength : undefined;

function blobReader(blob: Blob): Reader {
  return {
    blob,
    rereadable: true,
    async read(start, end) {
      const piece = blob.slice(start, end);
      if (inBrowser()) return piece;
      try {
        return sized(new Uint8Array(await piece.arrayBuffer()));
      } catch (cause) {
        throw new CallError(
          'bad_request',
          'The file was changed or moved while it was uploaded. Choose it again.',
          {
            cause,
          },
        );
      }
    },
  };
}

function streamReader(stream: AsyncIterable<Uint8Array>): Reader {
  const chunks = stream[Symbol.asyncIterator]();
  /** What was read and may be asked for again, from `at` on. */
  let held: Uint8Array = new Uint8Array(0);
  let at = 0;
  return {
    blob: undefined,
    rereadable: false,
    async read(start, end) {
      if (start < at || start > at + held.length)
        throw new CallError(
          'bad_request',
          'The hub lost a part that this stream cannot give again. Begin anew.',
        );
      const parts = [held.subarray(start - at)];
      let length = parts[0]!.length;
      while (length < end - start) {
        const { value, done } = await chunks.next();
        if (done) throw new CallError('bad_request', 'The stream ended before the size that was said.');
        parts.push(value);
        length += value.length;
      }
      held = new Uint8Array(length);
      at = start;
      let offset = 0;
      for (const part of parts) {
        held.set(part, offset);
        offset += part.length;
      }
      return sized(held.subarray(0, end - start));
    },
  };
}
