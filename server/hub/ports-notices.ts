// What telling people of messages needs from the database: whom each concerns, what is known of it when its time has come, and what they wish.
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { RoomKind } from '#shared/protocol/models.ts';
import type {
  NoticeChannel,
  NoticeLevel,
  NoticeReason,
  NoticeRule,
  NoticeVerdict,
  NoticeWishes,
  QuietHours,
} from '#shared/protocol/notices.ts';
import type { Actor } from './ports.ts';
import type { Posting } from './ports-outbox.ts';

/** A message and somebody in its room whom it may concern. */
export interface Concerned {
  readonly room: string;
  readonly message: string;
  readonly seq: number;
  readonly by: string;
  readonly user: string;
  /** All that speaks for it; a `keyword` only as far as the database can tell. */
  readonly reasons: readonly NoticeReason[];
  /** Keywords of theirs that may stand in the text. */
  readonly words?: readonly string[];
}

export interface Gathered {
  readonly found: readonly Concerned[];
  /** By message, where there are `words`. */
  readonly texts: Readonly<Record<string, string>>;
  readonly cursors: readonly { readonly room: string; readonly seq: number }[];
  readonly more: boolean;
}

export interface NewNotice extends Pick<Concerned, 'room' | 'message' | 'seq' | 'user'> {
  readonly reason: NoticeReason;
}

/** One that waits, and how its message stands now. */
export interface WaitingNotice extends Omit<NewNotice, 'user'> {
  readonly title: string;
  readonly kind: RoomKind;
  /** When it was said, ISO 8601. */
  readonly said: string;
  /** Of who said it; unknown where the message is gone altogether. */
  readonly name?: string;
  readonly root?: string;
  readonly level: NoticeLevel;
  readonly mayRead: boolean;
  readonly deleted: boolean;
  readonly read: boolean;
  /** The reason still holds: they are still named, still follow. */
  readonly stands: boolean;
}

/** Somebody whose oldest notice has waited long enough, with all that wait. */
export interface RipePerson {
  readonly user: string;
  readonly bot: boolean;
  /** Where they could be told, and where they want to be. */
  readonly addresses: readonly NoticeChannel[];
  readonly channels: readonly NoticeChannel[];
  readonly quiet?: QuietHours;
  readonly notices: readonly WaitingNotice[];
}

export interface Decision extends Pick<NewNotice, 'room' | 'message' | 'user'> {
  readonly verdict: Exclude<NoticeVerdict, 'waiting'>;
  readonly rule: NoticeRule;
}

/** Durable; every method is one atomic step and rejects with `Unreachable` when the database does not answer, with `HubError` when it refuses. */
export interface NoticeStore {
  /** What the logs have grown by since the cursors. */
  gatherNotices(limit: number, ageSeconds: number): Promise<Gathered>;
  /** Together with how far was looked; what is there already stays as it is. */
  addNotices(notices: readonly NewNotice[], cursors: Gathered['cursors']): Promise<void>;
  /** @param each notices of one person at once */
  ripeNotices(seconds: number, people: number, each: number): Promise<RipePerson[]>;
  /** Only what still waits is decided, and only for that the postings go into the outbox. */
  settleNotices(decisions: readonly Decision[], postings: readonly Posting[]): Promise<{ put: number }>;
  sweepNotices(): Promise<number>;

  noticeWishes(user: string): Promise<StoredWishes>;
  wishNotices(user: string, wishes: ParsedInput<'notify:set'>): Promise<void>;
  noticeLevel(actor: Actor, wish: ParsedInput<'notify:room'>): Promise<void>;
  noticeThread(actor: Actor, wish: ParsedInput<'notify:thread'>): Promise<{ following: boolean }>;
  listNotices(user: string, page: ParsedInput<'notify:list'>): Promise<CallData<'notify:list'>>;
}

export type StoredWishes = Omit<NoticeWishes, 'channels'> & {
  readonly channels: Readonly<Record<NoticeChannel, { readonly on: boolean; readonly address: boolean }>>;
};
