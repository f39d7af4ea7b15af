// What the database knows of files: whose they are, how far they have come, who may have them, and who works on an upload now.
import type { File, FileState, SharedFile } from '#shared/protocol/files.ts';
import type { Actor } from './ports.ts';
import type { FileWords, Look } from './ports-files.ts';

/** A file as the hub works with it. `file.type` means nothing before it is whole. */
export interface StoredFile {
  readonly file: File;
  readonly state: FileState;
  readonly room: string;
  readonly owner: string;
  /** A browser may show it within a page. */
  readonly inline: boolean;
  /** Words can be read out of it. */
  readonly text: boolean;
  /** A message names it. */
  readonly shared: boolean;
  /** Why it was refused. */
  readonly reason?: string;
  readonly begunAt: string;
}

export interface NewFile {
  readonly id: string;
  readonly room: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** Bytes that the files of a person and of a room may take, unfinished ones counted whole; and how many of a person may be unfinished. */
export interface FileQuota {
  readonly user: number;
  readonly room: number;
  readonly unfinished: number;
}

/** Files, durable. Promises reject with `Unreachable` when the database does not answer, and with `HubError` when it refuses. */
export interface FileStore {
  /** Takes room for it under a lock, so that many at once get no more than one after another. @throws HubError `too_large`, `rate_limited`, … */
  begin(actor: Actor, file: NewFile, most: FileQuota): Promise<StoredFile>;
  /** Of several calls the first counts. Null: there is no such file any more. */
  finish(id: string, look: Look, state: 'ready' | 'checking'): Promise<StoredFile | null>;
  /** Decides by the membership in its own snapshot (I9): null also when this user may not have it. */
  find(user: string, id: string): Promise<StoredFile | null>;
  list(
    actor: Actor,
    room: string,
    limit: number,
    after?: { seq: number; place: number },
  ): Promise<{ files: SharedFile[]; cursor?: { seq: number; place: number } }>;
  /** Marks it as gone for its owner; false when a message names it, or it is not theirs. */
  drop(user: string, id: string): Promise<boolean>;
  /** Marks what has run out as gone, at most so many of a kind, and says how many. Uploads that somebody works on are left. */
  expire(hours: number, limit: number): Promise<number>;
  /** Files whose bytes are to be removed. */
  gone(limit: number): Promise<string[]>;
  /** Their bytes are removed. */
  forget(ids: readonly string[]): Promise<void>;
  /** Names this database, and no restored copy of it. */
  claim(): Promise<string>;
  /** Which of these have a row. */
  known(ids: readonly string[]): Promise<string[]>;
  /** Files that a virus scanner has still to look at. */
  unchecked(limit: number): Promise<StoredFile[]>;
  /** With a reason it is refused for good. Null: it does not wait any more. */
  checked(id: string, reason?: string): Promise<StoredFile | null>;
  /** Files that messages name and whose words are still to be read out. */
  unread(limit: number): Promise<StoredFile[]>;
  /** Keeps the words of a file, or that there are none; of a file that is gone, nothing. */
  keepWords(id: string, words: FileWords | undefined): Promise<void>;
  /** Takes a lock for a holder, or lets the present one know that somebody waits. */
  lock(file: string, holder: string, seconds: number): Promise<'held' | 'taken' | 'gone'>;
  /** Renews locks, and says which are still held, and which of them somebody waits for. */
  keepLocks(
    locks: readonly { file: string; holder: string }[],
    seconds: number,
  ): Promise<{ held: string[]; wanted: string[] }>;
  unlock(file: string, holder: string): Promise<void>;
}
