// A person of the model with one client: joins, is given what is theirs, reads, marks, and comes back after a cut.
import { randomUUID } from 'node:crypto';
import { entryOf, type Unstamped } from '../history.ts';
import type { Random } from '../random.ts';
import type { Bug } from './bugs.ts';
import type { ModelRoom } from './model-room.ts';

/** A call whose outcome is unknown. */
export interface Waiting {
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly body: string;
}

export interface World {
  readonly random: Random;
  write(record: Unstamped): void;
  errs(bug: Bug, share?: number): boolean;
  now(): number;
}

interface Copy {
  stay: number;
  epoch: string;
  /** The last entry that was applied. */
  cursor: number;
}

export class ModelClient {
  readonly user: string;
  readonly name: string;
  node = 'north';
  readonly waiting = new Map<string, Waiting[]>();
  readonly #world: World;
  readonly #copies = new Map<string, Copy>();
  readonly #marked = new Map<string, { epoch: string }>();
  readonly #subscribed = new Set<string>();
  #socket = '';
  #stays = 0;

  constructor(user: string, world: World) {
    this.user = user;
    this.name = `${user}-1`;
    this.#world = world;
    this.#connect('north');
  }

  join(room: ModelRoom): void {
    const { write, now, errs } = this.#world;
    if (!room.members.has(this.user)) {
      if (room.kind !== 'public') {
        // An owner lets them in.
        room.append(randomUUID(), 'member.joined', 'ada', {
          user: this.user,
          name: this.user,
          role: 'member',
        });
      } else
        room.append(randomUUID(), 'member.joined', this.user, {
          user: this.user,
          name: this.user,
          role: 'member',
        });
    }
    const since = now();
    const floor = room.floor(this.user);
    const held = this.#copies.get(room.id);
    const recovered = held?.epoch === room.epoch && held.cursor >= floor - 1;
    const copy = recovered ? held : { stay: ++this.#stays, epoch: room.epoch, cursor: room.head };
    const base = copy.cursor;
    let missed = recovered ? room.entries.filter(event => event.seq > base) : [];
    const early = room.entries.find(event => event.seq < floor);
    if (early && errs('history from before the stay', 1)) missed = room.entries;
    write({
      kind: 'join',
      ...this.#where(room),
      socket: this.#socket,
      since,
      epoch: room.epoch,
      head: room.head,
      stay: copy.stay,
      base,
      recovered,
      entries: missed.map(entryOf),
    });
    if (recovered && room.head > base) this.#apply(room, copy, room.head);
    this.#copies.set(room.id, copy);
    this.#subscribed.add(room.id);
  }

  /** Is given up to so many of the entries that have come since. */
  receive(room: ModelRoom, most: number): void {
    const { write, errs } = this.#world;
    const copy = this.#copies.get(room.id);
    if (!copy || !this.#subscribed.has(room.id)) return;
    const tail = most === Number.POSITIVE_INFINITY && room.head > copy.cursor && room.members.has(this.user);
    if (tail && errs('hint without poll', 1)) return;
    let entries = room.entries.filter(event => event.seq > copy.cursor).slice(0, most);
    const end = entries.findIndex(
      event =>
        (event.type === 'member.removed' || event.type === 'member.left') && event.data.user === this.user,
    );
    const beyond = end >= 0 && end < entries.length - 1 && errs('emit before removal', 1);
    if (end >= 0 && !beyond) entries = entries.slice(0, end + 1);
    if (entries.length === 0) return;
    const cursor = (entries.at(-1) as { seq: number }).seq;
    if (entries.length > 2 && errs('a hole between two frames', 1)) entries = entries.slice(1);
    let told = entries.map(entryOf);
    if (told.length > 1 && errs('two nodes disagree on the order', 1)) {
      const [one, two, ...rest] = told as [(typeof told)[0], (typeof told)[0]];
      told = [[one[0], two[1], two[2], two[3], two[4]], [two[0], one[1], one[2], one[3], one[4]], ...rest];
    }
    const frame = {
      kind: 'wire',
      client: this.name,
      socket: this.#socket,
      room: room.id,
      epoch: room.epoch,
    } as const;
    write({ ...frame, entries: told });
    if (errs('broadcast without cursor', 0.3)) write({ ...frame, entries: told });
    this.#apply(room, copy, cursor);
    if (end < 0) return;
    this.#subscribed.delete(room.id);
    write({ kind: 'ended', client: this.name, socket: this.#socket, room: room.id, why: 'removed' });
  }

  leave(room: ModelRoom): void {
    if (this.user === 'ada' || !this.#subscribed.delete(room.id)) return;
    this.#world.write({ kind: 'leave', ...this.#where(room), socket: this.#socket, forget: true });
    if (room.members.has(this.user)) room.append(randomUUID(), 'member.left', this.user, { user: this.user });
  }

  reconnect(node: string, rooms: readonly ModelRoom[]): void {
    this.#world.write({ kind: 'disconnect', client: this.name, socket: this.#socket, reason: 'cut' });
    this.#connect(node);
    for (const room of rooms) {
      if (!this.#subscribed.delete(room.id)) continue;
      if (room.members.has(this.user)) this.join(room);
      else this.#turnedAway(room);
    }
  }

  /** The log is another one. */
  restored(room: ModelRoom): void {
    const { write, errs } = this.#world;
    const copy = this.#copies.get(room.id);
    if (!this.#subscribed.delete(room.id) || !copy) return;
    if (errs('two logs in one copy', 1) && room.members.has(this.user)) {
      const applied = { kind: 'apply', client: this.name, room: room.id, stay: copy.stay } as const;
      write({ ...applied, epoch: copy.epoch, from: copy.cursor + 1, to: copy.cursor + 1 });
      write({ ...applied, epoch: room.epoch, from: copy.cursor + 2, to: copy.cursor + 2 });
    }
    write({ kind: 'ended', client: this.name, socket: this.#socket, room: room.id, why: 'resync' });
    if (room.members.has(this.user)) this.join(room);
    else this.#turnedAway(room);
  }

  read(room: ModelRoom): void {
    const { write, now, errs } = this.#world;
    if (!room.members.has(this.user)) return;
    const since = now();
    const known = (this.#copies.get(room.id)?.cursor ?? 0) > room.head - 3;
    const old = known && errs('a read from an old copy', 1) ? 3 : 0;
    const head = Math.max(0, room.head - old);
    const after = Math.max(room.floor(this.user) - 1, head - 5);
    const entries = room.entries.filter(event => event.seq > after && event.seq <= head).map(entryOf);
    write({ kind: 'read', ...this.#where(room), since, epoch: room.epoch, head, after, entries });
  }

  mark(room: ModelRoom): void {
    const { write, now, errs } = this.#world;
    if (!room.members.has(this.user)) return;
    const since = now();
    const marked = this.#marked.get(room.id);
    const readSeq = marked?.epoch === room.epoch && errs('cursor moved back') ? 0 : room.head;
    this.#marked.set(room.id, { epoch: room.epoch });
    write({ kind: 'mark', ...this.#where(room), since, seq: room.head, readSeq });
  }

  #turnedAway(room: ModelRoom): void {
    this.#copies.delete(room.id);
    const { name: client } = this;
    this.#world.write({ kind: 'ended', client, socket: this.#socket, room: room.id, why: 'removed' });
  }

  #connect(node: string): void {
    this.node = node;
    this.#socket = randomUUID();
    this.#world.write({ kind: 'connect', client: this.name, user: this.user, node, socket: this.#socket });
  }

  #apply(room: ModelRoom, copy: Copy, to: number): void {
    const { stay, epoch } = copy;
    this.#world.write({
      kind: 'apply',
      client: this.name,
      room: room.id,
      epoch,
      stay,
      from: copy.cursor + 1,
      to,
    });
    copy.cursor = to;
  }

  #where(room: ModelRoom) {
    return { client: this.name, user: this.user, node: this.node, room: room.id };
  }
}
