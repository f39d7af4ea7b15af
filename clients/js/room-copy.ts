// What a room holds in memory, and the snapshot of it: made anew only when somebody looks, and only the parts that changed.
import type { CallData } from '../../shared/protocol/calls.ts';
import type { LogEvent } from '../../shared/protocol/events.ts';
import type { File } from '../../shared/protocol/files.ts';
import type { Presence, PresenceCounts } from '../../shared/protocol/models.ts';
import { MessageView } from './message-view.ts';
import type { PresenceBook } from './presence-book.ts';
import { Roster } from './roster.ts';
import type { OutboxEntry, RoomMessage, RoomSnapshot } from './types.ts';

export interface CopyDeps {
  presence: PresenceBook;
  me(): string;
  /** One's own calls in this room that are not in the log yet. */
  unsent(): OutboxEntry[];
  /** A file of ours by id, as far as known. */
  file(id: string): File | undefined;
  keep: number;
}

type Part = 'messages' | 'presence' | 'typing';
/** What others are at. */
type Busy = Pick<RoomSnapshot, 'typing' | 'sharing'>;
type Live = Pick<RoomSnapshot, 'status' | 'epoch' | 'head' | 'readSeq'>;

export class RoomCopy {
  readonly view: MessageView;
  readonly #deps: CopyDeps;
  readonly #roster = new Roster();
  /** People met here, for rooms that are too large to list their members. */
  readonly #met = new Set<string>();
  #presenceCounts: PresenceCounts | undefined;
  #readers: ReadonlyMap<string, number> = new Map();
  #messages: RoomMessage[] | undefined;
  #presence: Presence[] | undefined;
  #busy: Busy | undefined;
  #snapshot: RoomSnapshot | undefined;

  constructor(id: string, deps: CopyDeps) {
    this.#deps = deps;
    this.view = new MessageView(id, deps.keep, deps.file);
  }

  joined(answer: CallData<'room:join'>, { reset, newLog }: { reset: boolean; newLog: boolean }): void {
    const { members, presence, messages = [] } = answer;
    this.#roster.joined(answer);
    if (Array.isArray(presence)) {
      for (const { user } of presence) this.#met.add(user);
      this.#deps.presence.roster(Array.isArray(members) ? members.map(member => member.user) : [], presence);
      this.#presenceCounts = undefined;
    }
    if (reset) this.view.reset(messages);
    if (newLog) this.#readers = new Map();
    this.stale('messages');
    this.stale('presence');
  }

  apply(event: LogEvent): void {
    this.view.apply(event);
    this.#roster.apply(event, this.#deps.me());
    this.#met.add(event.by);
    this.stale('messages');
    if (event.type.startsWith('member.')) this.stale('presence');
  }

  counted(counts: PresenceCounts): void {
    this.#presenceCounts = counts;
    this.stale();
  }

  read(user: string, seq: number): void {
    this.#readers = new Map([...this.#readers, [user, seq]]);
    this.stale();
  }

  has(user: string): boolean {
    const { members } = this.#roster;
    return members ? members.some(member => member.user === user) : this.#met.has(user);
  }

  /** The next look makes it anew. */
  stale(part?: Part): void {
    this.#snapshot = undefined;
    if (part === 'messages') this.#messages = undefined;
    if (part === 'presence') this.#presence = undefined;
    if (part === 'typing') this.#busy = undefined;
  }

  get messages(): readonly RoomMessage[] {
    this.#messages ??= this.view.show(this.#deps.unsent(), this.#deps.me());
    return this.#messages;
  }

  /** `live` and `busy` are asked only if something is stale. */
  snapshot(live: () => Live, busy: () => Busy): RoomSnapshot {
    this.#snapshot ??= this.#take(live(), busy);
    return this.#snapshot;
  }

  #take(live: Live, busy: () => Busy): RoomSnapshot {
    const { info, role, members, count } = this.#roster;
    this.#presence ??= [...this.#deps.presence.people.values()].filter(
      ({ user, status }) => status !== 'offline' && this.has(user),
    );
    this.#busy ??= busy();
    return {
      ...live,
      info,
      role,
      members,
      memberCount: count,
      messages: this.messages,
      hasOlder: this.view.hasOlder,
      presence: this.#presence,
      presenceCounts: this.#presenceCounts,
      ...this.#busy,
      readers: this.#readers,
      ...countUnread(this.messages, live.readSeq, this.#deps.me()),
    };
  }
}

/** As the hub counts: what others wrote and did not delete. */
function countUnread(messages: readonly RoomMessage[], readSeq: number, me: string) {
  let unread = 0;
  let mentions = 0;
  for (let i = messages.length - 1; i >= 0 && messages[i]!.seq > readSeq; i--) {
    const { by, deletedAt, mentions: named } = messages[i]!;
    if (by === me || deletedAt) continue;
    unread++;
    if (named?.includes(me)) mentions++;
  }
  return { unread, mentions };
}
