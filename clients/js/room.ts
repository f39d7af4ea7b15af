// One room as a program holds it: follows the log, sends through the outbox, and tells its listeners.
import type { CallData } from '../../shared/protocol/calls.ts';
import type { LogEvent } from '../../shared/protocol/events.ts';
import type { FileProgress } from '../../shared/protocol/files.ts';
import type { Presence, PresenceCounts } from '../../shared/protocol/models.ts';
import type { BackoffOptions } from './backoff.ts';
import { Emitter } from './emitter.ts';
import { CallError } from './errors.ts';
import { RoomSharing } from './files/sharing.ts';
import { readFitting } from './older-page.ts';
import type { PresenceBook } from './presence-book.ts';
import { ReadMarker } from './read-marker.ts';
import { type RoomCallDeps, RoomCalls } from './room-calls.ts';
import { RoomCopy } from './room-copy.ts';
import { RoomSync } from './room-sync.ts';
import { RoomTyping } from './room-typing.ts';
import type {
  Off,
  OutboxEntry,
  Room,
  RoomEvents,
  RoomMessage,
  RoomSnapshot,
  SendOptions,
  Sent,
} from './types.ts';

export interface RoomDeps extends RoomCallDeps {
  presence: PresenceBook;
  /** One's own user id. */
  me(): string;
  keep: number;
  backoff: BackoffOptions | undefined;
}

export class LiveRoom extends RoomCalls implements Room {
  readonly #deps: RoomDeps;
  readonly #events = new Emitter<RoomEvents>();
  readonly #copy: RoomCopy;
  readonly #sync: RoomSync;
  readonly #typing: RoomTyping;
  readonly #sharing: RoomSharing;
  readonly #marker: ReadMarker;
  #removed = false;
  #older: Promise<boolean> | undefined;
  /** While entries are applied, `change` waits for the last one. */
  #isApplying = false;

  constructor(id: string, deps: RoomDeps) {
    super(id, deps);
    this.#deps = deps;
    const { connection, outbox, uploads } = deps;
    this.#copy = new RoomCopy(id, { ...deps, unsent: () => outbox.of(id), file: file => uploads.file(file) });
    this.#typing = new RoomTyping(
      on => connection.sendVolatile('typing', { room: id, on }),
      () => {
        this.#changed('typing');
        this.#events.emit('typing', this.snapshot.typing);
      },
    );
    this.#sharing = new RoomSharing(() => this.#changed('typing'));
    this.#marker = new ReadMarker(
      async seq => (await connection.send('read:mark', { room: id, seq })).readSeq,
    );
    this.#sync = new RoomSync(id, deps, {
      joined: (answer, how) => this.#joined(answer, how),
      apply: events => this.#applyAll(events),
      gap: gap => this.#events.emit('gap', gap),
      refused: error => (this.#sync.epoch === undefined ? this.#changed() : this.removed(error.message)),
      moved: () => this.#changed(),
    });
  }

  readonly subscribe = (listener: () => void): Off => this.#events.on('change', listener);

  readonly getSnapshot = (): RoomSnapshot =>
    this.#copy.snapshot(
      () => ({
        status: this.#status,
        epoch: this.#sync.epoch,
        head: this.#sync.seq,
        readSeq: this.#marker.seq,
      }),
      () => ({ typing: this.#typing.users, sharing: this.#sharing.list }),
    );

  get snapshot(): RoomSnapshot {
    return this.getSnapshot();
  }

  get messages(): readonly RoomMessage[] {
    return this.#copy.messages;
  }

  on<E extends keyof RoomEvents>(event: E, listener: (payload: RoomEvents[E]) => void): Off {
    return this.#events.on(event, listener);
  }

  async join(): Promise<RoomSnapshot> {
    this.#removed = false;
    const whole = this.#sync.follow();
    this.#changed();
    await whole;
    return this.snapshot;
  }

  async leave({ forget }: { forget?: boolean } = {}): Promise<void> {
    this.#sync.unfollow(new CallError('not_sent', 'Left the room'));
    this.#quiet();
    this.#changed();
    // A connection that is lost has left already.
    if (!forget && !this.#deps.connection.isOpen) return;
    await this.#deps.connection.call('room:leave', { room: this.id, ...(forget && { forget }) });
  }

  override send(text: string, options: SendOptions = {}) {
    this.#typing.own(false);
    return super.send(text, options);
  }

  typing(on = true): void {
    this.#typing.own(on);
  }

  markRead(seq = this.#sync.seq): void {
    if (this.#marker.mark(Math.min(seq, this.#sync.seq))) this.#changed();
  }

  loadOlder(limit = 50): Promise<boolean> {
    this.#older ??= this.#loadOlder(limit).finally(() => {
      this.#older = undefined;
    });
    return this.#older;
  }

  // From here on: what the client tells the room.

  /** A connection stands. */
  connected(): void {
    this.#sync.connected();
  }

  /** The connection is lost. */
  broken(): void {
    this.#sync.broken();
    this.#marker.stop();
    this.#quiet();
    this.#changed();
  }

  /** No connection will come. */
  stopped(why: CallError): void {
    this.#sync.stopped(why);
  }

  resync(): void {
    this.#sync.resync();
  }

  frame(epoch: string, events: LogEvent[]): void {
    this.#sync.frame(epoch, events);
  }

  removed(reason: string): void {
    this.#removed = true;
    this.#sync.unfollow(new CallError('forbidden', reason));
    this.#quiet();
    this.#changed();
    this.#events.emit('removed', { reason });
  }

  presenceChanged(changes: readonly Presence[]): void {
    const here = changes.filter(({ user }) => this.#copy.has(user));
    if (here.length === 0) return;
    this.#changed('presence');
    this.#events.emit('presence', here);
  }

  presenceCounted(counts: PresenceCounts): void {
    this.#copy.counted(counts);
    this.#changed();
  }

  typed(user: string, on: boolean): void {
    if (user !== this.#deps.me()) this.#typing.other(user, on);
  }

  shared(progress: FileProgress): void {
    if (progress.user !== this.#deps.me()) this.#sharing.told(progress);
  }

  read(user: string, seq: number): void {
    if (user === this.#deps.me()) this.#marker.mark(seq);
    else this.#copy.read(user, seq);
    this.#changed();
    this.#events.emit('read', { user, seq });
  }

  /** Entries of the outbox came, went or changed. */
  outboxChanged(): void {
    this.#changed('messages');
  }

  acked(entry: OutboxEntry, sent: Sent): void {
    const { isWanted, epoch, seq } = this.#sync;
    if (!isWanted) return;
    // It counts in another log than our copy: a backup was restored, and we are to be told, or this is from before (I15).
    if (sent.epoch !== undefined && epoch !== undefined && sent.epoch !== epoch) this.resync();
    else if (sent.seq > seq) this.#copy.view.acked(entry, sent);
  }

  get #status(): RoomSnapshot['status'] {
    if (this.#removed) return 'removed';
    if (!this.#sync.isWanted) return 'idle';
    return this.#sync.isWhole ? 'live' : 'joining';
  }

  #joined(answer: CallData<'room:join'>, { reset, newLog }: { reset: boolean; newLog: boolean }): void {
    this.#copy.joined(answer, { reset, newLog });
    this.#marker.joined(answer.readSeq, newLog);
    if (reset) for (const message of answer.messages ?? []) this.#settle(message);
    this.#changed();
  }

  #applyAll(events: LogEvent[]): void {
    this.#isApplying = true;
    for (const event of events) this.#apply(event);
    this.#isApplying = false;
    this.#changed();
  }

  #apply(event: LogEvent): void {
    this.#copy.apply(event);
    this.#settle(event);
    const isNew = event.type === 'message.created' || event.type === 'summary.posted';
    if (isNew) this.#typing.other(event.by, false);
    this.#events.emit('event', event);
    const message = isNew && this.#copy.view.get(event.id);
    if (message) this.#events.emit('message', message);
  }

  /** What the log holds needs no sending any more. */
  #settle({ by, id, seq, at }: { by: string; id: string; seq: number; at: string }): void {
    if (by === this.#deps.me()) this.#deps.outbox.settle(id, { id, seq, at });
  }

  async #loadOlder(limit: number): Promise<boolean> {
    const { view } = this.#copy;
    const before = view.oldestSeq;
    if (before === undefined || !view.hasOlder) return false;
    view.grow(limit);
    const page = await readFitting(this, () => this.page({ before, limit }));
    // The copy was replaced: its older messages are others.
    if (!page || view.oldestSeq !== before) return view.hasOlder;
    view.prepend(page, page.length === limit);
    this.#changed('messages');
    return page.length > 0;
  }

  /** Nobody is known to be at something. */
  #quiet(): void {
    this.#typing.clear();
    this.#sharing.clear();
  }

  #changed(part?: 'messages' | 'presence' | 'typing'): void {
    this.#copy.stale(part);
    if (!this.#isApplying) this.#events.emit('change', undefined);
  }
}
