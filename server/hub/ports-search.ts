// What finds messages. The hub parses the query and names the rooms that the reader may read; an index finds candidates within them, no
// more; the hub reads each anew, ranks them all and shows a page. The hub also follows the logs and hands every index what changed.

import type { Message } from '#shared/protocol/models.ts';
import type { Actor } from './ports.ts';

export type Has = 'file' | 'link' | 'reaction' | 'thread' | 'pin';

/** A parsed query (hub/search-query.ts) with names resolved to ids. All parts must hold; of `words`, as `match` says. */
export interface SearchQuery {
  /** Lower case, as typed, without stop words. `prefix`: what begins with it counts too. */
  readonly words: readonly { readonly text: string; readonly prefix: boolean }[];
  /** `any`: at least one of the words; who has more of them, and rarer ones, is the better candidate. */
  readonly match: 'all' | 'any';
  /** Of `words`: those spelled nearly so count, too. */
  readonly near: boolean;
  /** Words in this order, side by side. */
  readonly phrases: readonly string[];
  /** Words and phrases that must not be there. */
  readonly without: readonly string[];
  /** User ids; any of them. Empty: anybody. */
  readonly from: readonly string[];
  /** ISO 8601, UTC: at or after, and before. */
  readonly since?: string;
  readonly until?: string;
  /** All of them. */
  readonly has: readonly Has[];
}

/** A room that the reader may read, from an entry on: in a private room, nothing from before one's stay is found or counted (I9). */
export interface ReadableRoom {
  readonly id: string;
  /** The first entry that may be found; 1 is all. */
  readonly since: number;
  /** The room's last entry, which tells how much there is to look through. */
  readonly head: number;
}

/** A message that was found: where it is in its room's log, and how well it fits; higher is better, comparable within one answer alone. */
export interface Found {
  readonly room: string;
  readonly seq: number;
  readonly score: number;
}

export interface SearchAnswer {
  readonly found: readonly Found[];
  /** How many match in all; an index may stop counting at a few hundred. */
  readonly total: number;
  /** Each word is one that many write, so that nothing else would be found with those spelled nearly so. */
  readonly known?: true;
}

/** A message as it stands now, for an index. `deleted`: it must not be found any more, and its text is gone. */
export interface IndexedMessage {
  readonly room: string;
  readonly seq: number;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  readonly text: string;
  /** Names and words of its files, to be found as its own. */
  readonly files?: string;
  readonly has: readonly Has[];
  readonly deleted?: true;
}

export interface SearchIndex extends AsyncDisposable {
  readonly kind: 'postgres' | 'elasticsearch';
  /** Names how far this index has read the logs (`SearchStore.changes`); another name begins at the beginning. */
  readonly cursor: string;
  /**
   * The best `limit` of these rooms alone (attack 26); the newest where several are as good, or when there is nothing to rank by. An index
   * may lag by seconds.
   * @throws Unreachable when it does not answer; HubError `unavailable` when the query takes too long
   */
  search(query: SearchQuery, rooms: readonly ReadableRoom[], limit: number): Promise<SearchAnswer>;
  /** Takes messages in, or takes them out; the same again changes nothing. Resolved: it will not be lost. */
  index(messages: readonly IndexedMessage[]): Promise<void>;
}

/** How far an index has read a room's log; of another epoch it begins anew. */
export interface IndexCursor {
  readonly room: string;
  readonly epoch: string;
  readonly seq: number;
}

/** What the reader may search, of what they named. */
export interface SearchScope {
  readonly rooms: readonly ReadableRoom[];
  /** Ids of the people whom each name stands for, as far as the reader may know them. */
  readonly people: Readonly<Record<string, readonly string[]>>;
  /** Ids of the readable rooms that each name stands for. */
  readonly named: Readonly<Record<string, readonly string[]>>;
}

/** A message as ranking needs it. */
export interface Candidate {
  readonly room: string;
  readonly seq: number;
  /** Milliseconds. */
  readonly at: number;
  readonly by: string;
  readonly name: string;
  readonly text: string;
  /** It has files, whose words may be what was found. */
  readonly files: boolean;
}

/** A file of a message, with the passages where words stand in it; there may be none. */
export interface FilePassage {
  readonly room: string;
  readonly seq: number;
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

type Place = Pick<Found, 'room' | 'seq'>;

/** Every method rejects with `Unreachable` when the database does not answer. Reads decide by the membership in their own snapshot (I9). */
export interface SearchStore {
  /**
   * The rooms whose messages the actor may read, by the rule of `messages:read`.
   * @param room only this one; @throws HubError as reading it would
   */
  searchScope(
    actor: Actor,
    asked: { room?: string | undefined; people: readonly string[]; rooms: readonly string[] },
  ): Promise<SearchScope>;
  /** Of these places, the messages that the actor may read and that are there now, in any order. */
  candidates(actor: Actor, places: readonly Place[]): Promise<Candidate[]>;
  /** The files at these places, and where `words` stand in them, each given as it may begin there, the best first. */
  passages(
    actor: Actor,
    places: readonly Place[],
    words: readonly (readonly string[])[],
  ): Promise<FilePassage[]>;
  /** The messages themselves, whole. */
  hits(actor: Actor, places: readonly Place[]): Promise<Message[]>;
  /** The next messages that changed since what `moved` was told last, and where the logs stand with them. Nothing new: no cursors. */
  changes(
    cursor: string,
    limit: number,
  ): Promise<{ messages: IndexedMessage[]; cursors: IndexCursor[]; more: boolean }>;
  moved(cursor: string, cursors: readonly IndexCursor[]): Promise<void>;
}
