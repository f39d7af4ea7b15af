// What the domain needs from the world, as written guarantees. Implementations live outside and are chosen by start.ts alone.
import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { EventType, LogEvent } from '#shared/protocol/events.ts';
import type { FileProgress } from '#shared/protocol/files.ts';
import type {
  ListedRoom,
  Member,
  Message,
  PlatformRole,
  Presence,
  PresenceCounts,
  Room,
  RoomRole,
  User,
} from '#shared/protocol/models.ts';
import type { Push } from '#shared/protocol/pushes.ts';
import type { BotPush } from './bot-pushes.ts';

/** Who makes a call: proved by a token, never by the call itself. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly role: PlatformRole;
}

/** An entry on its way into a log, still without a sequence number. */
export interface Draft {
  readonly room: string;
  readonly by: string;
  /** Names the entry for ever: the same id again is the same entry. */
  readonly id: string;
  readonly type: Exclude<EventType, 'room.created' | 'file.shared'>;
  /** The author is a platform admin. */
  readonly admin: boolean;
  /** Of what the caller asked for; the same id with another digest is a conflict. */
  readonly digest: string;
  /** The message that an edit, delete, pin or reaction is about. */
  readonly target?: string;
  readonly data: Record<string, unknown>;
  /** ISO time, of an import alone; else the time of the commit. */
  readonly at?: string;
}

export interface Refused {
  readonly error: { code: ErrorCode; message: string; details?: unknown };
}

/** What became of a draft: a new entry, an entry that was there before, or a refusal. */
export type Outcome =
  /** `more`: entries that came with it, right after. */
  | { readonly epoch: string; readonly event: LogEvent; readonly more?: readonly LogEvent[] }
  | { readonly epoch: string; readonly seq: number; readonly at: string; readonly duplicate?: true }
  | Refused;

export interface OpenedRoom {
  readonly room: Room;
  readonly role: RoomRole;
  readonly readSeq: number;
  readonly recovered: boolean;
  readonly events: LogEvent[];
  readonly more: boolean;
  readonly messages?: Message[];
}

/** Where a reader stopped. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

export interface Page<T extends 'events' | 'messages'> {
  readonly head: number;
  readonly epoch: string;
  readonly items: T extends 'events' ? LogEvent[] : Message[];
}

/** A room's log as it stands when a node begins to follow it. */
export interface FeedStart {
  readonly epoch: string;
  readonly head: number;
  readonly members: Member[];
}

export interface MessageRange {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly around?: number | undefined;
  readonly thread?: string | undefined;
  readonly limit: number;
}

export interface NewRoom {
  readonly room: Pick<Room, 'id' | 'title' | 'kind' | 'topic'>;
  readonly by: string;
  readonly members: string[];
  /** The id is made from the people, so a room that is there already is this one. */
  readonly reuse: boolean;
}

/**
 * Rooms and their logs, durable. A promise that resolves means committed. Every method rejects with `Unreachable` when the
 * database does not answer, and with `HubError` when it refuses. Reads decide by the membership in their own snapshot (I9).
 */
export interface RoomStore {
  /** One transaction for all: locks, checks rights, dedupes by (room, id), numbers densely (I3, I4). Outcomes in the order of the drafts. */
  append(drafts: readonly Draft[]): Promise<Outcome[]>;
  createRoom(room: NewRoom): Promise<Room>;
  /** `{ room }` alone to someone who is not a member but may know of it. */
  openRoom(room: string, actor: Actor, after?: Position): Promise<OpenedRoom | { room: Room }>;
  listRooms(
    actor: Actor,
    scope: 'mine' | 'public',
    cursor?: string,
  ): Promise<{ rooms: ListedRoom[]; cursor?: string }>;
  readEvents(room: string, actor: Actor, after: number, limit: number): Promise<Page<'events'>>;
  readMessages(room: string, actor: Actor, range: MessageRange): Promise<Page<'messages'>>;
  /** Never moves a cursor back. Outcomes in the order of the marks. */
  markRead(marks: readonly Mark[]): Promise<(Refused | { readSeq: number; moved: boolean })[]>;
  /** Whom the viewer may know: people of shared rooms. Others are left out. */
  knownUsers(viewer: string, users: readonly string[]): Promise<User[]>;
  roomMates(viewer: string, users: readonly string[]): Promise<string[]>;
  /** Without a check of rights, for feeds alone. Null when there is no such room. */
  openFeed(room: string): Promise<FeedStart | null>;
  feedEvents(room: string, after: number): Promise<Page<'events'> | null>;
  heads(rooms: readonly string[]): Promise<Record<string, { epoch: string; head: number }>>;
}

/** What keeps the database in order. Every method rejects with `Unreachable` when it does not answer. */
export interface UpkeepStore {
  /** Takes or renews a lease; false while another node holds it. The database's clock decides. */
  takeLease(name: string, node: string, seconds: number): Promise<boolean>;
  endLease(name: string, node: string): Promise<void>;
  /** Takes away what has run out, and says how many of what. */
  sweep(): Promise<Record<string, number>>;
}

export interface Mark {
  readonly room: string;
  readonly user: string;
  readonly admin: boolean;
  readonly seq: number;
}

/**
 * The way out to sockets. A subscriber is one socket in one room; ids are the socket's. Calls are synchronous, never throw,
 * and keep their order per socket.
 */
export interface Outlet {
  events(sockets: readonly string[], frame: { room: string; epoch: string; events: LogEvent[] }): void;
  /** So much waits to be sent to this socket that more would only pile up. */
  clogged(socket: string): boolean;
  removed(socket: string, push: { room: string; reason: string }): void;
  resync(sockets: readonly string[], push: { room: string; head: number }): void;
  presence(socket: string, changes: readonly Presence[]): void;
  presenceCounts(sockets: readonly string[], push: { room: string; counts: PresenceCounts }): void;
  typing(sockets: readonly string[], push: { room: string; user: string; on: boolean }): void;
  read(sockets: readonly string[], push: { room: string; user: string; seq: number }): void;
  summary(sockets: readonly string[], push: SummaryPush): void;
  fileProgress(sockets: readonly string[], push: FileProgress): void;
  announcement(sockets: readonly string[], push: AnnouncementPush): void;
  bot(sockets: readonly string[], push: BotPush): void;
  draft(sockets: readonly string[], push: Push<'message:draft'>): void;
  reports(sockets: readonly string[], push: Push<'reports:changed'>): void;
  /** Says why, then closes the socket. */
  end(socket: string, push: Push<'session:end'>): void;
}

export type AnnouncementPush = {
  [N in 'announcement' | 'announcement:gone' | 'announcement:progress']: {
    readonly name: N;
    readonly payload: Push<N>;
  };
}['announcement' | 'announcement:gone' | 'announcement:progress'];

export type SummaryPush = {
  [N in 'summary:delta' | 'summary:done' | 'summary:failed']: { readonly name: N; readonly payload: Push<N> };
}['summary:delta' | 'summary:done' | 'summary:failed'];

/** What the domain tells the operator. */
/** What the process says of itself. */
export interface Load {
  /** How late the event loop is: the 99th percentile since the last look, in milliseconds. */
  readonly loopDelayMs: number;
  /** Of the memory that the process may have, in 0 … 1. */
  readonly memory: number;
}

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
