// What an index outside the database needs to follow every room's log, and how it says that it stands.
import type { IndexCursor, IndexedMessage, SearchIndex } from './ports-search.ts';

/** A message as it stood when the room's log was `version` entries long; of two, the one of the higher version is the later. */
export interface Change extends IndexedMessage {
  readonly epoch: string;
  readonly version: number;
}

export interface Changes {
  readonly messages: readonly Change[];
  /** Where the logs stand with these changes; nothing new: none. */
  readonly cursors: readonly IndexCursor[];
  /** Rooms of which an earlier epoch was read: what the index has of it is of a time that never was. */
  readonly anew: readonly IndexCursor[];
  readonly more: boolean;
}

/** The database's side. Every method rejects with `Unreachable` when it does not answer. */
export interface IndexSource {
  /** Names this hub among others that share an index server; the same after a restored backup. */
  installation(): Promise<string>;
  /** From now on something is known of this index, even before it has read anything. */
  begin(cursor: string): Promise<void>;
  /** What changed since what `moved` was told last. @param limit entries of logs */
  changes(cursor: string, limit: number): Promise<Changes>;
  moved(cursor: string, cursors: readonly IndexCursor[]): Promise<void>;
  /** Entries of all logs that are still to be read, and how many were. */
  progress(cursor: string): Promise<{ read: number; behind: number }>;
  /** Indices that something is known of; none after a restored backup. */
  known(): Promise<string[]>;
  /** The index is gone. */
  forget(cursor: string): Promise<void>;
}

/** How the index stands, on this node. */
export interface IndexState {
  readonly state: 'connecting' | 'ready' | 'degraded' | 'failed';
  /** One sentence for the operator, without secrets. */
  readonly reason?: string;
  /** What to do, when it does not pass by itself. */
  readonly next?: string;
  /** Searches are answered by it; else by the database. */
  readonly answers: boolean;
  /** What the node knows that keeps the index; undefined on the others. */
  readonly keeping?: {
    readonly index: string | undefined;
    /** Log entries still to be read. */
    readonly behind: number;
    readonly indexed: number;
    readonly retried: number;
    /** Messages that can never go in and were left out. */
    readonly dead: number;
  };
}

/** An index outside the database. */
export interface OutsideIndex extends Pick<SearchIndex, 'search'> {
  readonly kind: 'elasticsearch';
  /** Follows all logs from now on; called on the one node that holds the lease. Whatever befalls the index, it goes on trying. */
  keep(): AsyncDisposable;
  /** Some log has grown. */
  grew(): void;
  state(): IndexState;
}
