// The public face of the SDK: every shape and signature a program may rely on, on one page.
import type { CallData, CallInput, CallName } from '../../shared/protocol/calls.ts';
import type { LogEvent } from '../../shared/protocol/events.ts';
import type { FileProgress } from '../../shared/protocol/files.ts';
import type {
  Member,
  Message,
  Presence,
  Room as RoomInfo,
  RoomRole,
  User,
} from '../../shared/protocol/models.ts';
import type { Push, PushName } from '../../shared/protocol/pushes.ts';
import type { CallError, CallErrorCode } from './errors.ts';
import type { CourtFiles, Upload, UploadOptions, UploadSource, UploadStorage } from './files/types.ts';
import type { Recap, SummarizeOptions } from './recap.ts';

export type Welcome = Push<'welcome'>;
/** Takes the listener off again. */
export type Off = () => void;

export interface ClientOptions {
  /** Where the hub listens, e.g. `http://127.0.0.1:3000`. */
  url: string;
  /**
   * A token for the hub; asked for anew at each connect and before the old one ends. With `expired` a kept token will not
   * do. Throwing an error whose `code` is `unauthenticated` stops the client (the user must sign in); any other error is
   * a bad moment, and is tried again.
   */
  getToken(context: { reason: 'connect' | 'expired' }): string | Promise<string>;
  /** Name and version of the program, e.g. `my-app/1.2.3`. */
  client?: string;
  /** Names this device for ever. A browser makes one and keeps it in localStorage. */
  device?: string;
  /** Where unsent calls are kept. IndexedDB in a browser, else memory. */
  outbox?: OutboxStorage;
  /** Where unfinished uploads are kept. IndexedDB in a browser, else memory. */
  uploads?: UploadStorage;
  /** User id, if known before the first connection: what the outbox kept is then there while still offline. */
  account?: string;
  /** WebSocket only, unless said otherwise. */
  transports?: ('websocket' | 'polling')[];
  /** Full jitter: the n-th wait is between 0 and `min(capMs, firstMs * 2^n)`. 5 s for a connection, 1 s for a call, and 30 s. */
  backoff?: { firstMs?: number; capMs?: number };
  /** Newest messages a room keeps in memory, 1000. */
  keepMessages?: number;
  /** Calls of one room that may be under way from the outbox, 1: more is faster, and no longer strictly in order (see README). */
  window?: number;
}

/** Worth a banner when it is not `connected`. */
export type ConnectionState =
  | { status: 'connected' }
  | { status: 'connecting'; attempt: number }
  | {
      status: 'disconnected';
      /**
       * `idle` not started · `closed` by `close()` · `lost` the network or the hub is away, `error` may say how · `offline` the browser says so ·
       * `refused` the hub did, see `error` · `ended` by the hub, see `error` · `stopped` for good until `connect()` is called
       * again, see `error`.
       */
      reason: 'idle' | 'closed' | 'lost' | 'offline' | 'refused' | 'ended' | 'stopped';
      /** Time of the next attempt, ms since 1970. Absent: there will be none. */
      retryAt?: number;
      error?: CallError;
    };

export interface CallOptions {
  /** 10,000. Counts from the call, the wait for a connection included. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface CourtEvents {
  state: ConnectionState;
  /** Each time a connection stands. */
  welcome: Welcome;
  /** Everything the hub pushes, as it came. */
  push: { [N in PushName]: { name: N; payload: Push<N> } }[PushName];
  presence: Presence[];
  /** An outbox entry came, went or changed. */
  outbox: OutboxEntry[];
  /** Something went wrong that nothing waits for, e.g. the browser refuses to keep the outbox. */
  warning: Error;
}

/** A connection to the hub, kept for as long as it is wanted. */
export interface Court extends AsyncDisposable, CourtFiles {
  readonly state: ConnectionState;
  /** Who one is, from the first `welcome` on. */
  readonly user: User | undefined;
  /** The latest welcome. */
  readonly welcome: Welcome | undefined;
  readonly outbox: Outbox;
  /** Presence of everybody one has heard of, by user id. */
  readonly presence: ReadonlyMap<string, Presence>;
  /** Starts, or starts again; resolves at the first welcome, rejects when the client stops for good. */
  connect(): Promise<Welcome>;
  /** Ends the connection, all timers and waiting calls. What the outbox keeps stays kept. */
  close(): Promise<void>;
  /**
   * Asks the hub. Waits for a connection if there is none. Rejects with {@link CallError}; `unknown` when the answer was
   * lost, `not_sent` when it never left.
   */
  call<C extends CallName>(name: C, input: CallInput<C>, options?: CallOptions): Promise<CallData<C>>;
  /** The same room for the same id. Does nothing on the wire until `join()`. */
  room(id: string): Room;
  /** Messages of all rooms one is in, or of `room`; operators in the query as docs/search.md has them. `cursor` of an answer gives the next page. */
  search(input: CallInput<'search'>, options?: CallOptions): Promise<CallData<'search'>>;
  /** All pages of `room:list`. */
  rooms(scope?: 'mine' | 'public'): Promise<CallData<'room:list'>['rooms']>;
  on<E extends keyof CourtEvents>(event: E, listener: (payload: CourtEvents[E]) => void): Off;
  /** For React's `useSyncExternalStore(court.subscribe, court.getState)`. */
  readonly subscribe: (listener: () => void) => Off;
  readonly getState: () => ConnectionState;
}

/** A message as a room shows it. */
export interface RoomMessage extends Message {
  /** Not yet acknowledged; its `seq` is `Infinity` then, so that it stands at the end. */
  pending?: true;
  /** Refused by the hub: `court.outbox.retry(id)` or `.discard(id)`. */
  failed?: CallError;
}

/** A room whose copy had to catch up. */
export interface Gap {
  /** `true`: all between `from` and `to` was read and applied. `false`: it was left out, and `messages` are the newest page. */
  recovered: boolean;
  /**
   * `reconnect` after a lost connection · `slow` the hub said we were too slow · `hole` a frame was missing · `too_far` more
   * than the hub gives back, or no longer kept · `epoch` the hub was restored from a backup: the log is another one.
   */
  reason: 'reconnect' | 'slow' | 'hole' | 'too_far' | 'epoch';
  /** Last sequence number held before. */
  from: number;
  /** Last sequence number held now. */
  to: number;
}

export interface RoomEvents {
  /** A new message, once and in order; one's own too. */
  message: Message;
  /** Any entry of the log, once and in order. */
  event: LogEvent;
  presence: Presence[];
  /** Who is typing, changed. */
  typing: readonly string[];
  read: { user: string; seq: number };
  gap: Gap;
  /** One is no longer let in. */
  removed: { reason: string };
  /** `snapshot` is another one now. */
  change: undefined;
}

/** All of a room at one moment; never changed in place. */
export interface RoomSnapshot {
  /** `live`: joined, and the copy is whole. `joining` also while it catches up. */
  status: 'idle' | 'joining' | 'live' | 'removed';
  info: RoomInfo | undefined;
  role: RoomRole | undefined;
  epoch: string | undefined;
  /** Last sequence number applied. */
  head: number;
  /** In order, the newest ones; pending and failed ones at the end. */
  messages: readonly RoomMessage[];
  /** Messages older than the first one may exist: `loadOlder()`. */
  hasOlder: boolean;
  /** Undefined in rooms with too many people to list. */
  members: readonly Member[] | undefined;
  memberCount: number;
  /** Of the members, as far as known. */
  presence: readonly Presence[];
  /** How many are there in which state, in rooms with too many people to list. */
  presenceCounts: { active: number; away: number; dnd: number } | undefined;
  /** User ids, without oneself. */
  typing: readonly string[];
  /** What others are uploading just now. */
  sharing: readonly FileProgress[];
  /** How far one has read. */
  readSeq: number;
  /** How far the others have, as far as told since the join. */
  readers: ReadonlyMap<string, number>;
  /** Messages of others after `readSeq`, as far as held (all of them unless `hasOlder` and the first one is unread). */
  unread: number;
  mentions: number;
}

export interface SendOptions {
  /** Names the message: the same id again is the same message. Made, unless given. */
  id?: string;
  replyTo?: string;
  /** Ids of uploads that are done. */
  files?: string[];
  meta?: CallInput<'message:send'>['meta'];
}

/** Where a message went. */
export interface Sent {
  id: string;
  seq: number;
  /** Of the log in which `seq` counts, where the hub says so. */
  epoch?: string | undefined;
  at: string;
}

/** A call in the outbox: `done` resolves when it is in the log, rejects when the hub refused it or the client was closed. */
export interface Posted<T> {
  id: string;
  done: Promise<T>;
}

export interface Room {
  readonly id: string;
  readonly snapshot: RoomSnapshot;
  readonly messages: readonly RoomMessage[];
  /** Becomes a member where allowed, subscribes, and stays so across reconnects. Resolves when the copy is whole. */
  join(): Promise<RoomSnapshot>;
  /** Stops following; with `forget` also ends the membership. */
  leave(options?: { forget?: boolean }): Promise<void>;
  /** With `files` the text may be empty. */
  send(text: string, options?: SendOptions): Posted<Sent>;
  /** Begins at once, or goes on where the same file stopped; `done` gives the file, whose `id` is for `send`. */
  upload(source: UploadSource, options?: UploadOptions): Upload;
  /** The files shared here, newest first; `cursor` of an answer gives the next page. */
  files(page?: { cursor?: string; limit?: number }): Promise<CallData<'files:list'>>;
  edit(target: string, text: string): Posted<{ seq: number }>;
  delete(target: string): Posted<{ seq: number }>;
  react(target: string, emoji: string, on?: boolean): Posted<{ seq: number }>;
  pin(target: string, on?: boolean): Posted<{ seq: number }>;
  /** Asks for a summary: of what is unread, for oneself, unless said otherwise. With `audience: 'room'` it is posted. */
  summarize(options?: SummarizeOptions): Recap;
  /** Call it at each key stroke: it is throttled, and stops by itself after 5 s or with the message. */
  typing(on?: boolean): void;
  /** Coalesced; never goes back. Without a number: all that is here. */
  markRead(seq?: number): void;
  /** A page of older messages, oldest first, in their current state; `messages` stay as they are. */
  history(options?: { before?: number; after?: number; around?: number; limit?: number }): Promise<Message[]>;
  /** Puts a page of older messages in front of `messages`, where they stay up to date. `false`: there are none. */
  loadOlder(limit?: number): Promise<boolean>;
  /** The replies of a thread, oldest first, in their current state; the newest 200. */
  thread(root: string): Promise<Message[]>;
  /** Asks the hub for the presence of the room's people. */
  presence(): Promise<Presence[]>;
  on<E extends keyof RoomEvents>(event: E, listener: (payload: RoomEvents[E]) => void): Off;
  /** For React's `useSyncExternalStore(room.subscribe, room.getSnapshot)`. */
  readonly subscribe: (listener: () => void) => Off;
  readonly getSnapshot: () => RoomSnapshot;
}

/** The calls that go through the outbox. */
export type OutboxCall = 'message:send' | 'message:edit' | 'message:delete' | 'message:react' | 'message:pin';

/** A call as it is kept, plain enough for any storage. */
export type OutboxEntry = {
  [C in OutboxCall]: {
    /** Also the id by which the hub knows a repetition; of a message, the message's. */
    id: string;
    room: string;
    call: C;
    input: CallInput<C>;
    /** When it was made, ISO 8601. */
    at: string;
    /** Refused for good; `retry` or `discard` it. */
    failed?: { code: CallErrorCode; message: string };
  };
}[OutboxCall];

export interface Outbox {
  /** What is not in the log yet, in the order made. */
  readonly entries: readonly OutboxEntry[];
  /** Sends a refused entry again, as the newest. */
  retry(id: string): void;
  /** Forgets an entry that was refused or never left; `false` if it is too late for that. */
  discard(id: string): boolean;
}

/** A kept entry: whose it is, which page or process holds it, and its place in the order. */
export type StoredEntry = OutboxEntry & { account: string; owner: string; order: number };

/** Keeps outbox entries by id. Calls are made one after the other. */
export interface OutboxStorage {
  /** All entries of an account, by `order`. */
  load(account: string): Promise<StoredEntry[]>;
  /** Adds or replaces. */
  put(entry: StoredEntry): Promise<void>;
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}
