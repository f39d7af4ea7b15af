// A client's copy of one room's log: joins, closes holes by reading, applies each entry once and in order, and comes back when it was ended.

import type { CallData } from '#shared/protocol/calls.ts';
import type { Reply } from '#shared/protocol/errors.ts';
import type { LogEvent } from '#shared/protocol/events.ts';
import { READ_PAGE } from './checker/session.ts';
import type { ChaosClient } from './client.ts';
import { entryOf } from './history.ts';

export class Copy {
  readonly room: string;
  /** False while this client stays away by its own wish. */
  wanted = true;
  readonly #client: ChaosClient;
  #state: 'out' | 'joining' | 'in' = 'out';
  #stay = 0;
  #epoch = '';
  #cursor = 0;
  /** What came before its turn. */
  #early = new Map<number, LogEvent>();
  #reading = false;

  constructor(room: string, client: ChaosClient) {
    this.room = room;
    this.#client = client;
  }

  get cursor(): number {
    return this.#cursor;
  }

  get subscribed(): boolean {
    return this.#state === 'in';
  }

  /** Messages of others that this client has lately taken in, newest last. */
  readonly recent: string[] = [];

  /** What this client has added and may take back. */
  readonly reactions: { target: string; emoji: string }[] = [];

  rejoin(): void {
    if (!this.wanted) return;
    // A refusal is followed by another try; a cut by another connection.
    this.join().catch(() => {
      if (this.wanted) this.#soon();
    });
  }

  /** @throws CallFailed */
  join(): Promise<void> {
    const { history } = this.#client.options;
    const since = history.now();
    const socket = this.#client.socketId;
    const after = this.#stay > 0 ? { after: { epoch: this.#epoch, seq: this.#cursor } } : {};
    this.#state = 'joining';
    return new Promise((resolve, reject) => {
      this.#client.call('room:join', { room: this.room, ...after }, reply => {
        if (reply?.ok && this.#client.socketId === socket) {
          this.#joined(reply.data, since, socket);
          resolve();
          return;
        }
        this.#state = 'out';
        if (reply) this.#refused(reply);
        reject(new Error(reply && !reply.ok ? reply.error.message : 'no answer'));
      });
    });
  }

  /** Unsubscribes and ends the membership. Resolves when the hub has said yes. @throws CallFailed */
  async leave(): Promise<void> {
    const { history } = this.#client.options;
    this.wanted = false;
    this.#state = 'out';
    history.write({
      kind: 'leave',
      ...this.#client.where(this.room),
      socket: this.#client.socketId,
      forget: true,
    });
    await this.#client.ask('room:leave', { room: this.room, forget: true });
  }

  take(epoch: string, events: readonly LogEvent[]): void {
    if (this.#state !== 'in' || epoch !== this.#epoch) return;
    for (const event of events) if (event.seq > this.#cursor) this.#early.set(event.seq, event);
    this.#apply();
  }

  cut(): void {
    this.#state = 'out';
    this.#early.clear();
  }

  ended(why: 'removed' | 'resync'): void {
    this.cut();
    if (why === 'resync') this.rejoin();
    else this.#soon();
  }

  #soon(): void {
    const { random } = this.#client.options;
    setTimeout(
      () => {
        if (this.#client.connected && this.#state === 'out') this.rejoin();
      },
      random.whole(500, 2000),
    );
  }

  #joined(joined: CallData<'room:join'>, since: number, socket: string): void {
    const { history } = this.#client.options;
    const { epoch, head, recovered, events } = joined;
    if (!recovered) {
      this.#stay++;
      this.#cursor = head;
    }
    this.#epoch = epoch;
    this.#early.clear();
    this.#state = 'in';
    history.write({
      kind: 'join',
      ...this.#client.where(this.room),
      socket,
      since,
      epoch,
      head,
      stay: this.#stay,
      base: this.#cursor,
      recovered,
      entries: events.map(entryOf),
    });
    for (const event of events) this.#early.set(event.seq, event);
    this.#apply();
    if (this.#cursor < head) this.#read();
  }

  #refused(reply: Reply<unknown>): void {
    if (reply.ok || !['forbidden', 'not_found'].includes(reply.error.code)) return;
    const { history, name } = this.#client.options;
    // No member any more: what comes after a return is another stay.
    history.write({
      kind: 'ended',
      client: name,
      socket: this.#client.socketId,
      room: this.room,
      why: 'removed',
    });
  }

  #apply(): void {
    const from = this.#cursor + 1;
    for (let event = this.#early.get(from); event; event = this.#early.get(this.#cursor + 1)) {
      this.#early.delete(event.seq);
      this.#cursor = event.seq;
      if (event.type === 'message.created' && !event.data.redacted) this.recent.push(event.id);
    }
    this.recent.splice(0, Math.max(0, this.recent.length - 40));
    if (this.#cursor >= from) {
      const { history, name } = this.#client.options;
      const { room } = this;
      history.write({
        kind: 'apply',
        client: name,
        room,
        epoch: this.#epoch,
        stay: this.#stay,
        from,
        to: this.#cursor,
      });
    }
    if (this.#early.size > 0) this.#read();
  }

  /** Closes the hole before what came early. */
  #read(): void {
    if (this.#reading) return;
    this.#reading = true;
    const stay = this.#stay;
    this.#client.call('events:read', { room: this.room, after: this.#cursor, limit: READ_PAGE }, reply => {
      this.#reading = false;
      if (!reply?.ok || this.#stay !== stay) return;
      this.take(reply.data.epoch, reply.data.events);
    });
  }
}
