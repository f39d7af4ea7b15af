// What summaries need from the database: their material as one snapshot shows it, pieces that can be used again, and what all has cost.
import type { User } from '#shared/protocol/models.ts';
import type { PostedSummary, SummaryRange } from '#shared/protocol/summaries.ts';
import type { Actor } from './ports.ts';
import type { Usage } from './ports-ai.ts';
import type { Vendor } from './ports-integrations.ts';

/** `me`: what the reader may read. `room`: what all members may read, for somebody who may post. */
export type Audience = 'me' | 'room';

export interface Reader {
  readonly actor: Actor;
  readonly room: string;
  readonly audience: Audience;
}

/** A message as material. */
export interface Source {
  readonly seq: number;
  readonly id: string;
  readonly at: string;
  /** The author's name. */
  readonly by: string;
  /** Cut where it is very long. */
  readonly text: string;
  /** Of the message that it answers, if that is among the sources. */
  readonly replyTo?: number;
  /** Another number: it says something else now. */
  readonly version: number;
}

/** Consecutive entries of a room and what was said in them, without what was deleted and without posted summaries. */
export interface Material {
  readonly room: {
    readonly id: string;
    readonly title: string;
    readonly epoch: string;
    readonly head: number;
  };
  /** The first entry that the reader, or everybody, may read; the summary holds for who may still read from here on. */
  readonly floor: number;
  readonly first: number;
  readonly last: number;
  /** There was more: this is its newest part. */
  readonly clipped: boolean;
  readonly lines: readonly Source[];
  /** Messages of the range that were edited or deleted, with how often. */
  readonly changed: readonly (readonly [seq: number, version: number])[];
}

export interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** What a piece belongs to. */
export interface PieceKey {
  readonly room: string;
  readonly epoch: string;
  /** What was asked, as a digest. */
  readonly ask: string;
  readonly model: string;
}

/** A claim that cites messages by their numbers in the log. */
export interface KeptClaim {
  readonly text: string;
  readonly cites: readonly number[];
}

export type MaterialRange =
  | Exclude<SummaryRange, string>
  | { readonly unread: true }
  | { readonly days: number }
  /** ISO 8601. */
  | { readonly since: string }
  /** So many entries, and back to the next multiple of `align`. */
  | { readonly newest: number; readonly align: number };

/**
 * Rights are decided by the membership in the snapshot of each read (I9). Every method rejects with `Unreachable` when the database does not
 * answer, and with `HubError` when it refuses.
 */
export interface SummaryStore {
  material(reader: Reader, range: MaterialRange): Promise<Material>;
  /** The sources that still say what they said, with their text as it is. @throws HubError when the reader may not read all from `floor` on any more */
  recheck(
    reader: Reader,
    floor: number,
    cited: readonly Pick<Source, 'id' | 'version'>[],
  ): Promise<readonly { seq: number; id: string; text: string }[]>;
  /** In the order of the stretches; null where there is none that still holds. */
  findPieces(key: PieceKey, stretches: readonly Stretch[]): Promise<readonly (readonly KeptClaim[] | null)[]>;
  /** @param version the sum of the versions of its messages as they were read; if it is another now, the piece is not kept */
  keepPiece(key: PieceKey, piece: Stretch & { version: number; claims: readonly KeptClaim[] }): Promise<void>;
  /** Rooms whose quiet summary is to be made anew. */
  dueForLive(every: number, limit: number): Promise<readonly string[]>;
  /** Of the newest messages, as far as all members may read them. */
  liveMaterial(room: string, range: MaterialRange): Promise<Material>;
  keepLive(live: LiveSummary): Promise<void>;
  live(actor: Actor, room: string): Promise<(PostedSummary & { text: string; at: string }) | null>;
  /** Adds to the costs of this month, if something is given, and says what they are: US dollars, over all nodes. */
  spend(by?: Omit<Usage, 'model' | 'note'>): Promise<number>;
  /** In whose name the recap of a bound room is read. */
  recapReader(vendor: Vendor, room: string): Promise<User | null>;
}

export interface LiveSummary extends Stretch {
  readonly room: string;
  readonly epoch: string;
  /** The room's head when it was made. */
  readonly seen: number;
  readonly version: number;
  /** Without: it was tried, and there is none. */
  readonly body?: Omit<PostedSummary, 'from' | 'upTo'> & { readonly text: string };
}
