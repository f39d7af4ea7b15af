// What a bucket of a service must be able to do so that files can live in it. Each service is one of these; all else is built on it, once.
import type { Readable } from 'node:stream';
import type { Blobs, ByteRange, LinkOptions } from '../hub/ports-files.ts';

export interface Listed {
  readonly name: string;
  /** ms since 1970. */
  readonly at: number;
}

/** Methods reject as the service's client does. Names are whole paths in the bucket. */
export interface Bucket extends AsyncDisposable {
  readonly kind: Exclude<Blobs['kind'], 'disk'>;
  put(name: string, bytes: Uint8Array, type: string): Promise<void>;
  get(name: string, range?: ByteRange): Promise<Readable>;
  size(name: string): Promise<number>;
  /** What is not there is no error. */
  drop(names: readonly string[]): Promise<void>;
  list(prefix: string): AsyncIterable<Listed>;
  link(name: string, options: LinkOptions): Promise<string | undefined>;
  /** Whether an error says that nothing is there under the name. */
  isMissing(error: unknown): boolean;
  /** Whether it says that a range begins behind the end. */
  isOutside(error: unknown): boolean;
  /** What the operator can do about an error. */
  advice(error: unknown): string;
  readonly pieces: Pieces;
}

/**
 * How a service takes a large object in pieces, over hours and from different nodes. They come in order, one after the other; all but the
 * last have `pieceBytes`.
 */
export interface Pieces {
  /** A multiple of 64 KiB. */
  pieceBytes(size: number): number;
  /** @returns what finds it again, from any node */
  begin(key: string, size: number): Promise<string>;
  /** How many bytes lie in unbroken order from the first. Rejects with what isMissing tells when it is over or unknown. */
  kept(key: string, handle: string, size: number): Promise<number>;
  /** `at` is where its first byte belongs. Once more at the same place is no error. */
  add(key: string, handle: string, at: number, bytes: Uint8Array, size: number): Promise<void>;
  /** All are there: makes them one object. Once more is no error. */
  complete(key: string, handle: string, size: number): Promise<void>;
  /** What was begun under the key, as far as the service lets go of it also where its handle is lost. */
  abort(key: string, handle: string | undefined): Promise<void>;
  /** Unfinished ones whose handle may be lost. */
  unfinished(): AsyncIterable<Listed>;
}
