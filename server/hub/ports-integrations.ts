// What the hub and the services outside are to each other. An adapter knows its vendor and this page, and nothing else of the hub.
import type { LogEvent } from '#shared/protocol/events.ts';
import type { RoomRole } from '#shared/protocol/models.ts';
import type { Citation, SummaryClaim } from '#shared/protocol/summaries.ts';
import type { Log } from './ports.ts';

export type Vendor = 'slack' | 'gather' | 'google';

/** How a connection stands, for `/readyz`, metrics and `court doctor`. Sentences are for the operator and hold no secrets. */
export type VendorState =
  | { readonly state: 'off' | 'connecting' | 'ready' }
  /** It works in part, or will again by itself. */
  | { readonly state: 'degraded'; readonly reason: string }
  /** It will not work before somebody does what `next` says. */
  | { readonly state: 'failed'; readonly reason: string; readonly next: string };

/** A vendor's connection, supervised by itself: whatever the vendor does, it neither throws nor rejects, and says how it stands. */
export interface Adapter extends AsyncDisposable {
  state(): VendorState;
  /** Who is linked has changed; what `Court.people` said before may be wrong. */
  peopleChanged?(): void;
}

/** Started on the one node that holds the vendor's lease; its adapter is disposed when the lease is lost. */
export interface Integration {
  readonly vendor: Vendor;
  start(court: Court): Adapter;
}

/** What a vendor says of a person's being there. Its part of a vendor's word stands until it is replaced, taken back, or runs out. */
export interface Claim {
  /** `busy`: in a call, a huddle, a meeting, or asks not to be disturbed. */
  readonly status: 'busy' | 'active' | 'away' | 'offline';
  /** In people's words: "In a huddle", "In a meeting". */
  readonly text?: string;
  readonly emoji?: string;
  /** Milliseconds since 1970 at which it ends by itself. */
  readonly until?: number;
  /** The room that the place is bound to where they are; who comes there joins it, if it is public. */
  readonly room?: string;
}

/** Somebody whom the vendor knows as `id` and the hub as `user`. */
export interface LinkedPerson {
  readonly id: string;
  readonly user: string;
  /** Somebody is in a room with them now; poll these first. */
  readonly watched: boolean;
}

/** A place at the vendor that is bound to a room: a Slack channel, an area of a Gather map. */
export interface Binding {
  /** The vendor's name for it, e.g. `C0123456789` or `office/fountain`. */
  readonly place: string;
  readonly room: string;
  /** Who bound it. */
  readonly by: string;
}

/** Who speaks: the hub user linked to `id`, or else a guest of that name made for them. */
export interface Speaker {
  readonly id: string;
  readonly name: string;
  /** Sent by a bot of the vendor; counts against the hop limit (attack 27). */
  readonly bot?: boolean;
}

/** Something said or done at the vendor, on its way into a room. `id` is a UUID derived from the vendor's own id, so that twice is once. */
export type Words =
  | {
      readonly type: 'message.created';
      readonly text: string;
      readonly replyTo?: string;
      readonly meta?: object;
    }
  | { readonly type: 'message.edited'; readonly target: string; readonly text: string }
  | { readonly type: 'message.deleted'; readonly target: string }
  | { readonly type: 'reaction.added' | 'reaction.removed'; readonly target: string; readonly emoji: string };

export interface Recap {
  readonly claims: readonly SummaryClaim[];
  readonly citations: readonly Citation[];
  /** Who wrote it, in words. */
  readonly by: string;
}

/**
 * The hub, as one vendor's adapter sees it. Every promise rejects with `Unreachable` when the database does not answer and with
 * `HubError` when the hub refuses; an adapter repeats the first and tells its operator of the second.
 */
export interface Court {
  readonly log: Log;
  /** One part of what the vendor says of one of its people, e.g. ('U1', 'huddle', …); null takes it back. Counts for whoever is linked to `id`, now or later. */
  claim(id: string, part: string, claim: Claim | null): void;
  /** Takes back everything claimed so far, of everybody. */
  claimNothing(): void;
  /** Everybody linked to this vendor. */
  people(): Promise<readonly LinkedPerson[]>;
  /**
   * Links the vendor's person to the hub user with the same e-mail, if it was checked here too, unless one of them is linked already or
   * somebody took these two apart. True when they are linked now. Only with an e-mail that the vendor has checked.
   */
  introduce(person: { id: string; email: string }): Promise<boolean>;
  /** Links the vendor's person to the hub user who was shown this code (`link:code`), and says who that is. */
  redeem(id: string, code: string): Promise<string>;

  bindings(): Promise<readonly Binding[]>;
  /** `by` is a vendor's id, whose hub user must be owner or moderator of the room or an admin. */
  bind(place: string, room: string, by: string): Promise<void>;
  unbind(place: string, by: string): Promise<void>;
  /** The role of a vendor's person in a room; undefined when they are not linked, not in it, or there is no such room. */
  roleIn(room: string, id: string): Promise<RoomRole | undefined>;

  /**
   * Writes into a room; resolves after COMMIT. A speaker who is no member is made one, in a room that is bound to this vendor, in the
   * name of who bound it; whom a moderator took out is refused. `meta` of bots counts their hops; pass on what came from outside.
   */
  speak(room: string, speaker: Speaker, id: string, words: Words): Promise<{ seq: number; duplicate?: true }>;
  /** A page of the log of a room that is bound to this vendor, after `seq`, with the name of each author. */
  read(
    room: string,
    after: number,
    limit: number,
  ): Promise<{ events: readonly LogEvent[]; head: number; names: Readonly<Record<string, string>> }>;
  /** Calls back soon after a room's log has grown, and every few seconds in any case; a hint to read on. Dispose to end it. */
  follow(room: string, grown: () => void): Disposable;

  /**
   * What was said in a bound room since a moment, as who bound it may read it. `cites` are places in `citations`, from 1. Takes seconds.
   * @param since ISO 8601; not before the link: what was said then is not for the place
   */
  recap(room: string, since: string): Promise<Recap>;

  /**
   * Announces to all members of a room in the name of the hub user linked to `id`, who must be its owner or moderator.
   * @param words.key the vendor's own id of it, so that twice is once; `until`: ISO 8601
   */
  announce(room: string, id: string, words: { key: string; text: string; until: string }): Promise<void>;

  /** How far a durable work of this vendor has come, e.g. `out:C0123`; 0 at first. Moves forward only. */
  cursor(name: string): Promise<number>;
  moveCursor(name: string, seq: number): Promise<void>;
  /** Remembers that a hub message is the vendor's message `remote` at `place`. */
  pair(place: string, message: string, remote: string): Promise<void>;
  /** The other side of a pair; undefined when there is none. */
  remoteOf(place: string, message: string): Promise<string | undefined>;
  messageOf(place: string, remote: string): Promise<string | undefined>;

  /** A secret that this vendor gave for one owner, e.g. a refresh token; sealed in the database. Null: there is none, or it is to be forgotten. */
  secret(owner: string): Promise<string | null>;
  keepSecret(owner: string, secret: string | null): Promise<void>;
  /** Hub users with a secret of this vendor. */
  owners(): Promise<readonly string[]>;
}
