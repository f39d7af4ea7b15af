// The messages of a room as they are shown: what the log says, and on top of it one's own calls that it does not hold yet.
import type { CallInput } from '../../shared/protocol/calls.ts';
import type { EventOf, LogEvent } from '../../shared/protocol/events.ts';
import type { File } from '../../shared/protocol/files.ts';
import type { Message } from '../../shared/protocol/models.ts';
import { applyEvent } from '../../shared/room-state.ts';
import { CallError } from './errors.ts';
import type { OutboxEntry, RoomMessage, Sent } from './types.ts';

export class MessageView {
  readonly #room: string;
  /** How many are held before the oldest go, beside those loaded by hand. */
  readonly #keep: number;
  readonly #file: (id: string) => File | undefined;
  #held = new Map<string, Message>();
  /** Acknowledged, but not yet in our copy of the log. */
  #acked: { entry: OutboxEntry; sent: Sent }[] = [];
  #limit: number;
  hasOlder = false;

  constructor(room: string, keep: number, file: (id: string) => File | undefined = () => undefined) {
    this.#room = room;
    this.#keep = keep;
    this.#file = file;
    this.#limit = keep;
  }

  get(id: string): Message | undefined {
    return this.#held.get(id);
  }

  get oldestSeq(): number | undefined {
    return this.#held.values().next().value?.seq;
  }

  /** A new copy. */
  reset(messages: readonly Message[]): void {
    this.#held = new Map(messages.map(message => [message.id, message]));
    this.#acked = [];
    this.#limit = this.#keep;
    this.hasOlder = (messages[0]?.seq ?? 1) > 1;
  }

  apply(event: LogEvent): void {
    applyEvent(this.#held, this.#room, event);
    if (this.#acked.length > 0) this.#acked = this.#acked.filter(({ sent }) => sent.seq > event.seq);
    for (const [id] of this.#held) {
      if (this.#held.size <= this.#limit) break;
      this.#held.delete(id);
      this.hasOlder = true;
    }
  }

  /** Makes room for older ones, so that none go while they are read. */
  grow(by: number): void {
    this.#limit = Math.max(this.#limit, this.#held.size + by + this.#keep);
  }

  /** A page that ends right before the oldest held one, as it is at the place we have reached in the log. */
  prepend(messages: readonly Message[], hasOlder: boolean): void {
    const older = messages.map(message => [message.id, message] as const);
    this.#held = new Map([...older, ...this.#held]);
    this.hasOlder = hasOlder;
  }

  /** The hub's answer was faster than the log. */
  acked(entry: OutboxEntry, sent: Sent): void {
    this.#acked = [...this.#acked, { entry, sent }].sort((a, b) => a.sent.seq - b.sent.seq);
  }

  /** `me` is the author of all that is in `outbox`. */
  show(outbox: readonly OutboxEntry[], me: string): RoomMessage[] {
    if (this.#acked.length === 0 && outbox.length === 0) return [...this.#held.values()];
    const shown = new Map<string, RoomMessage>(this.#held);
    for (const { entry, sent } of this.#acked) this.#overlay(shown, entry, me, sent);
    for (const entry of outbox) this.#overlay(shown, entry, me);
    return [...shown.values()];
  }

  #overlay(shown: Map<string, RoomMessage>, entry: OutboxEntry, me: string, sent?: Sent): void {
    const event = {
      seq: sent?.seq ?? Number.POSITIVE_INFINITY,
      id: entry.id,
      at: sent?.at ?? entry.at,
      by: me,
    };
    const { failed } = entry;
    if (entry.call !== 'message:send') {
      // An edit that was refused is undone; a message that was refused stays, to be sent again.
      if (!failed) applyEvent(shown, this.#room, { ...event, ...change(entry) } as LogEvent);
    } else if (!shown.has(entry.id)) {
      const own = new Map<string, RoomMessage>();
      applyEvent(own, this.#room, { ...event, type: 'message.created', data: this.#created(entry.input) });
      shown.set(entry.id, {
        ...own.get(entry.id)!,
        ...(!sent && !failed && { pending: true }),
        ...(failed && { failed: new CallError(failed.code, failed.message) }),
      });
    }
  }

  #created({ text, replyTo, files, meta }: CallInput<'message:send'>): EventOf<'message.created'>['data'] {
    const root = replyTo && (this.#held.get(replyTo)?.root ?? replyTo);
    return {
      text,
      ...(replyTo && { replyTo }),
      ...(root && { root }),
      ...(files && { files: files.flatMap(id => this.#file(id) ?? []) }),
      ...(meta && { meta }),
    };
  }
}

type Change = Exclude<OutboxEntry, { call: 'message:send' }>;

/** What the log will say once the call is in it. */
function change({ call, input }: Change): Pick<LogEvent, 'type' | 'data'> {
  const { target } = input;
  switch (call) {
    case 'message:edit':
      return { type: 'message.edited', data: { target, text: input.text } };
    case 'message:delete':
      return { type: 'message.deleted', data: { target } };
    case 'message:pin':
      return { type: 'message.pinned', data: { target, on: input.on } };
    case 'message:react':
      return {
        type: input.on ? 'reaction.added' : 'reaction.removed',
        data: { target, emoji: input.emoji },
      };
  }
}
