// A room of the model: its log, its members, and what each of them may read.
import { randomUUID } from 'node:crypto';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { RoomKind } from '#shared/protocol/models.ts';
import type { FinalRoom } from '../history.ts';
import type { Random } from '../random.ts';

export class ModelRoom {
  readonly id: string;
  readonly kind: RoomKind;
  epoch = randomUUID().slice(0, 8);
  entries: LogEvent[] = [];
  members = new Map<string, number>();
  #skipped = 0;

  constructor(id: string, kind: RoomKind) {
    this.id = id;
    this.kind = kind;
  }

  get head(): number {
    return this.entries.at(-1)?.seq ?? 0;
  }

  get seqs(): Map<string, number> {
    return new Map(this.entries.map(event => [event.id, event.seq]));
  }

  /** Leaves a number out. */
  skip(): void {
    this.#skipped++;
  }

  append(id: string, type: string, by: string, data: object): number {
    const seq = this.head + 1 + this.#skipped;
    this.#skipped = 0;
    if (type === 'message.deleted') this.#redact((data as { target: string }).target);
    const at = new Date(seq * 1000).toISOString();
    const event = { seq, id, type, at, by, data } as LogEvent;
    this.entries.push(event);
    this.#count(event);
    return seq;
  }

  /** The first entry that is this member's to read. */
  floor(user: string): number {
    return this.kind === 'public' ? 1 : (this.members.get(user) ?? Number.POSITIVE_INFINITY);
  }

  /** A message that was not deleted. */
  anyMessage(random: Random): string | undefined {
    const there = this.entries.filter(event => event.type === 'message.created' && !event.data.redacted);
    return there.length > 0 ? random.pick(there).id : undefined;
  }

  /** Goes back by a few entries, to the end of which it returns the number. */
  restore(sameEpoch: boolean): number {
    const [first] = this.entries.filter(event => !/^(room|member)/.test(event.type));
    const keep = Math.max(this.head - 2, (first?.seq ?? this.head + 1) - 1);
    this.entries = this.entries.filter(event => event.seq <= keep);
    this.members = new Map();
    for (const event of this.entries) this.#count(event);
    if (!sameEpoch) this.epoch = randomUUID().slice(0, 8);
    return keep;
  }

  final(): FinalRoom {
    const { id, kind, epoch, head, entries } = this;
    const members = [...this.members.keys()].map(user => ({ user, role: 'member' as const, readSeq: 0 }));
    return { id, kind, epoch, head, events: [...entries], messages: [], members };
  }

  #count(event: LogEvent): void {
    const start = this.entries.every(one => one.seq > event.seq || /^(room|member.joined)/.test(one.type));
    if (event.type === 'member.joined' && !this.members.has(event.data.user))
      this.members.set(event.data.user, start ? 1 : event.seq);
    if (event.type === 'member.left' || event.type === 'member.removed') this.members.delete(event.data.user);
  }

  #redact(target: string): void {
    this.entries = this.entries.map(event =>
      event.type === 'message.created' && event.id === target
        ? { ...event, data: { text: '', redacted: true } }
        : event,
    );
  }
}

/** One for everybody, one for two of them at first. */
export function openRooms(): ModelRoom[] {
  return [['agora', 'public'] as const, ['curia', 'private'] as const].map(([id, kind]) => {
    const room = new ModelRoom(id, kind);
    room.append(randomUUID(), 'room.created', 'ada', { title: id, kind });
    for (const user of kind === 'public' ? ['ada'] : ['ada', 'bob'])
      room.append(randomUUID(), 'member.joined', 'ada', { user, name: user, role: 'member' });
    return room;
  });
}
