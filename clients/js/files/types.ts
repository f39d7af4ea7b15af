// Files as a program sees them: what it hands in, an upload under way, and where unfinished ones are kept.
import type { CallData, CallInput } from '../../../shared/protocol/calls.ts';
import type { File as SharedFile } from '../../../shared/protocol/files.ts';
import type { CallError } from '../errors.ts';
import type { CallOptions, Off } from '../types.ts';

/** A file of the browser, bytes, or a stream such as Node's. A stream can be read once, so it ends with the process. */
export type UploadSource = Blob | Uint8Array | AsyncIterable<Uint8Array>;

export interface UploadOptions {
  /** A `File` has one; else `file`. */
  name?: string;
  /** MIME type as the sender thinks; the hub looks into the file. */
  type?: string;
  /** Bytes; streams need it. */
  size?: number;
  onProgress?(sent: number, size: number): void;
  /** Stops it. What the hub has by then stays for a day: the same file goes on from there. */
  signal?: AbortSignal;
  /** By which the same content is known again, e.g. path and time of change; a `File` has one. Without, another process begins anew. */
  fingerprint?: string;
  /** Where the browser gave one: kept, so that a later page can read the file again. */
  handle?: FileSystemFileHandle;
  /** Kept with it, for the program's own use. */
  note?: string;
}

export interface UploadSnapshot {
  /**
   * `waiting` for the network or the hub, goes on by itself · `finishing` all is there, and the hub looks into it · `paused` until `resume`, which must
   * bring the file again where `needs` says so · `done` may be sent · `failed` for good, see `error`, `resume` tries again.
   */
  readonly state: 'waiting' | 'uploading' | 'finishing' | 'paused' | 'done' | 'failed' | 'cancelled';
  /** Bytes at the hub, as far as known. */
  readonly sent: number;
  /** The page that began it is gone: the same file must be chosen again, or the browser wants to be asked for it. */
  readonly needs?: 'file' | 'permission';
  /** Why it waits or failed. */
  readonly error?: CallError;
  /** Once done: what the hub says it is. */
  readonly file?: SharedFile;
  /** A virus scanner is at it; it may be sent already. */
  readonly checking?: true;
}

/** A file on its way to a room. Goes on over lost connections, other nodes and expired tokens, until it is done, cancelled, or refused. */
export interface Upload {
  /** Of our own making; the same after a reload. */
  readonly key: string;
  /** The hub's id, for `send`; undefined until it has given one. */
  readonly id: string | undefined;
  readonly room: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly note: string | undefined;
  /** Another note. */
  annotate(note: string): void;
  /** What is read, where it is at hand and no stream: a `Blob` to show a picture of. */
  readonly blob: Blob | undefined;
  readonly snapshot: UploadSnapshot;
  /** Rejects with {@link CallError} when it fails for good, is cancelled, or the client is closed. */
  readonly done: Promise<SharedFile>;
  pause(): void;
  /** @throws CallError `conflict` when `source` is another file */
  resume(source?: UploadSource): Promise<void>;
  /** Ends it, and has the hub forget what it got. Possible until it is sent. */
  cancel(): Promise<void>;
  /** For React's `useSyncExternalStore(upload.subscribe, upload.getSnapshot)`. */
  readonly subscribe: (listener: () => void) => Off;
  readonly getSnapshot: () => UploadSnapshot;
}

/** All uploads of a client that are not part of a message yet. */
export interface Uploads {
  /** In the order begun; another list when one comes or goes. */
  readonly list: readonly Upload[];
  /** Takes up what earlier pages and processes left, unless another tab is at it. */
  restore(): Promise<void>;
  readonly subscribe: (listener: () => void) => Off;
  readonly getSnapshot: () => readonly Upload[];
}

/** An upload as it is kept, for another page or process to go on. */
export interface KeptUpload {
  key: string;
  account: string;
  room: string;
  fingerprint: string;
  name: string;
  type: string;
  size: number;
  /** When it was begun, ms since 1970. */
  at: number;
  id?: string;
  note?: string;
  /** A copy of small files, and a handle where there is one; storages that cannot hold them leave them out. */
  blob?: Blob;
  handle?: FileSystemFileHandle;
}

/** Keeps unfinished uploads by key. */
export interface UploadStorage {
  load(account: string): Promise<KeptUpload[]>;
  /** Adds or replaces. */
  put(upload: KeptUpload): Promise<void>;
  remove(key: string): Promise<void>;
  close(): Promise<void>;
}

export interface FetchOptions {
  /** Instead of the file: a picture of it, its longer edge at most so many pixels. */
  edge?: NonNullable<CallInput<'file:link'>['edge']>;
  /** First byte wanted. */
  from?: number;
  signal?: AbortSignal;
}

/** The part of a client that has to do with files. */
export interface CourtFiles {
  readonly uploads: Uploads;
  /** The file as an answer of HTTP, the body to be read. @throws CallError */
  fetchFile(id: string, options?: FetchOptions): Promise<Response>;
  /** An address that holds for minutes, for `<img>`, `<a>` or another program; the same again while it holds long enough. */
  fileLink(
    id: string,
    options?: Omit<CallInput<'file:link'>, 'file'>,
    callOptions?: CallOptions,
  ): Promise<CallData<'file:link'>>;
}
