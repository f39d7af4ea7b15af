// What search by meaning needs from the world: where vectors are kept, and what finds the nearest of them.
import type { Found, IndexCursor, IndexedMessage, ReadableRoom } from './ports-search.ts';

/** A vector as it is kept: signed bytes, each times `scale` a number. Without them it is gone. */
export interface StoredVector {
  readonly room: string;
  readonly seq: number;
  readonly scale?: number;
  /** Base64. */
  readonly bytes?: string;
}

/** Every method rejects with `Unreachable` when the database does not answer. A space names provider, model and dimensions. */
export interface VectorStore {
  /** The next messages that changed, of rooms in which AI is on alone; their cursor is `vectors:` and the space. */
  vectorChanges(
    space: string,
    limit: number,
  ): Promise<{ messages: IndexedMessage[]; cursors: IndexCursor[]; more: boolean }>;
  /** Leaves out those of messages that were deleted meanwhile, and of rooms in which AI was turned off. */
  writeVectors(space: string, vectors: readonly StoredVector[]): Promise<void>;
  /** What was written after a version, in the order of versions; 0 is all. */
  readVectors(
    space: string,
    after: number,
    limit: number,
  ): Promise<{ vectors: StoredVector[]; version: number; more: boolean }>;
  /** Takes out all other spaces, and the rooms in which AI is off. */
  tendVectors(space: string): Promise<void>;
}

/** Looks through all vectors of one space: exact, and off the main loop. */
export interface VectorIndex extends AsyncDisposable {
  /** `memory`: it knows what it is handed, and no more. `database`: it looks where they are kept. */
  readonly kind: 'memory' | 'database';
  apply(vectors: readonly StoredVector[]): Promise<void>;
  /** The nearest `limit` of these rooms alone, from their first readable entry on (attack 26, I9); score is the cosine. */
  nearest(query: Float32Array, rooms: readonly ReadableRoom[], limit: number): Promise<Found[]>;
}
