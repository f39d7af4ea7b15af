// What holds files, and what looks into them. The hub decides who may do what; bytes never pass through it, only streams of them.
import type { Readable } from 'node:stream';

/** The last byte is included, as HTTP has it. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface LinkOptions {
  /** For `Content-Disposition`. */
  readonly name: string;
  readonly type: string;
  readonly attachment: boolean;
  /** How long it holds. */
  readonly seconds: number;
}

/**
 * A place for bytes under keys: a disk, or a service. A key is a file's id, or `preview/ID/EDGE`. What was written under a key never
 * changes. Every method rejects with HubError `unavailable` when the storage does not answer, and `read` and `size` with `not_found` when
 * nothing is there.
 */
export interface Blobs {
  readonly kind: 'disk' | 's3' | 'gcs' | 'supabase';
  /** For small things that the hub made itself. Whole or not at all. */
  put(key: string, bytes: Uint8Array, type: string): Promise<void>;
  /** Bytes as they were given, decrypted where they are kept encrypted. An error while reading destroys the stream with it. */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** Bytes of what was given. */
  size(key: string): Promise<number>;
  /** Ends an unfinished upload too. What is not there is no error. */
  remove(keys: readonly string[]): Promise<void>;
  /** Everything that is there, unfinished uploads too; `at`: ms since 1970 of the last write. For the sweep, that finds what no row names. */
  list(): AsyncIterable<{ readonly key: string; readonly at: number }>;
  /** An address from which a browser fetches it without the hub; undefined where the storage has none, or bytes are kept encrypted. */
  link(key: string, options: LinkOptions): Promise<string | undefined>;
  /** Whether it answers, for the readiness of this node and the doctor. Rejects with a sentence that says what to do. */
  probe(): Promise<void>;
}

/** What a file's first bytes say. */
export interface Look {
  /** MIME type by content. */
  readonly type: string;
  readonly width?: number;
  readonly height?: number;
  /** A smaller picture can be made of it. */
  readonly preview: boolean;
  /** Words can be read out of it. */
  readonly text: boolean;
  /** A browser may show it in a page of ours; everything else is handed out as an attachment. */
  readonly inline: boolean;
}

/** The words of a file. What is costly to make of them is made off the main loop, too. */
export interface FileWords {
  /** Plain text, at most TEXT_CHARS characters. */
  readonly text: string;
  /** As long, each character plain (shared/text/plain.ts), so that what is found here stands there. */
  readonly plain: string;
  /** For an index, at most INDEX_CHARS characters: how it begins, and every other word once. */
  readonly words: string;
}

/** Looks into files, off the main loop. Hostile content ends in an answer, never in an error of the process. */
export interface FileInspector {
  /** `head`: the first HEAD_BYTES bytes, or all. The name decides nothing but between kinds of text. */
  look(head: Uint8Array, size: number, name: string): Promise<Look>;
  /** WebP, upright, without metadata, its longer edge no longer than `edge`; undefined: none can be made (broken, too many pixels, too slow). */
  preview(file: Readable, type: string, edge: number): Promise<Uint8Array | undefined>;
  /** Undefined: there is no text in it, or it can't be read. */
  text(file: Readable, type: string): Promise<FileWords | undefined>;
}

/** How much of a file's beginning `look` wants. */
export const HEAD_BYTES = 64 * 1024;
export const TEXT_CHARS = 200_000;
export const INDEX_CHARS = 20_000;

export interface VirusScanner {
  /** The name of what was found; undefined: nothing. @throws HubError `unavailable` when the scanner does not answer */
  scan(file: Readable): Promise<string | undefined>;
  /** Rejects with a sentence that says what to do. */
  probe(): Promise<void>;
}
