// The way out: calls are kept until they are in the log, over reconnects and reloads, and leave each room in the order made (I6).
import type { CallData, CallInput } from '../../shared/protocol/calls.ts';
import { Alarm } from './alarm.ts';
import type { BackoffOptions } from './backoff.ts';
import { deferred } from './deferred.ts';
import { CallError } from './errors.ts';
import { OutboxKeeper } from './outbox-keeper.ts';
import { type OutboxItem, OutboxLane } from './outbox-lane.ts';
import type { Outbox, OutboxCall, OutboxEntry, OutboxStorage, Posted, Sent } from './types.ts';

export interface OutboxDeps {
  storage: OutboxStorage;
  /** Sends now; rejects with {@link CallError}. */
  send(call: OutboxCall, input: CallInput<OutboxCall>): Promise<CallData<OutboxCall>>;
  isOpen(): boolean;
  /** The hub acknowledged it before the log brought it. */
  acked(entry: OutboxEntry, sent: Sent): void;
  /** Entries of the room came, went or changed. */
  changed(room: string): void;
  warn(error: Error): void;
  window?: number | undefined;
  backoff?: BackoffOptions | undefined;
}

/** A storage that does not answer must not hold up messages for ever. */
const STORAGE_MS = 5_000;

export class RoomOutbox implements Outbox {
  readonly #deps: OutboxDeps;
  readonly #keeper: OutboxKeeper;
  readonly #late = new Alarm();
  readonly #lanes = new Map<string, OutboxLane>();
  #items = new Map<string, OutboxItem>();
  #entries: OutboxEntry[] | undefined;
  /** What earlier pages left behind is known, so nothing can overtake it. */
  #ready = false;
  #opened = false;
  #closed = false;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#keeper = new OutboxKeeper(deps.storage, {
      inherited: entries => this.#inherit(entries),
      warn: deps.warn,
    });
  }

  get entries(): readonly OutboxEntry[] {
    this.#entries ??= [...this.#items.values()].map(item => item.entry);
    return this.#entries;
  }

  /** Of one room, in the order made. */
  of(room: string): OutboxEntry[] {
    return this.entries.filter(entry => entry.room === room);
  }

  /** Whose calls these are is known: nothing leaves before. */
  open(account: string): void {
    if (this.#opened) return;
    this.#opened = true;
    this.#late.set(STORAGE_MS, () => {
      this.#deps.warn(new Error('The outbox storage does not answer: unsent messages live in memory only'));
      this.#inherit([]);
    });
    this.#keeper.open(account).then(entries => this.#inherit(entries));
  }

  add<C extends OutboxCall>(call: C, input: CallInput<C>): Posted<Sent> {
    const { id, room } = input;
    const item = newItem({ id, room, call, input, at: new Date().toISOString() } as OutboxEntry);
    if (this.#closed) {
      item.done.reject(new CallError('not_sent', 'Not sent: the client is closed'));
      return { id: item.entry.id, done: item.done.promise };
    }
    this.#items.set(item.entry.id, item);
    this.#keeper.put(item.entry);
    this.#changed(room);
    this.#lane(room).append(item);
    return { id: item.entry.id, done: item.done.promise };
  }

  /** A connection stands. */
  resume(): void {
    if (this.#ready) this.#keeper.look();
    for (const lane of this.#lanes.values()) lane.resume();
  }

  /** The log holds it. `false`: it was not ours to wait for. */
  settle(id: string, sent: Sent): boolean {
    const item = this.#items.get(id);
    if (!item) return false;
    this.#take(item);
    this.#keeper.remove(id);
    item.done.resolve(sent);
    this.#changed(item.entry.room);
    return true;
  }

  retry(id: string): void {
    const old = this.#items.get(id);
    if (!old?.entry.failed) return;
    this.#take(old);
    this.#keeper.remove(id);
    const { failed: _, ...entry } = old.entry;
    this.add(entry.call, entry.input);
  }

  discard(id: string): boolean {
    const item = this.#items.get(id);
    if (!item || (item.left && !item.entry.failed)) return false;
    this.#take(item);
    this.#keeper.remove(id);
    item.done.reject(new CallError('not_sent', 'Discarded'));
    this.#changed(item.entry.room);
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#late.clear();
    for (const lane of this.#lanes.values()) lane.stop();
    const error = new CallError('unknown', 'The client was closed before the hub had answered');
    for (const item of this.#items.values()) item.done.reject(error);
    await this.#keeper.close();
  }

  /** Before the first word of an own page, what others left goes in front; later it joins the end. */
  #inherit(entries: OutboxEntry[]): void {
    this.#late.clear();
    const items = entries.filter(entry => !this.#items.has(entry.id)).map(entry => newItem(entry, true));
    const found = items.map(item => [item.entry.id, item] as const);
    this.#items = new Map(this.#ready ? [...this.#items, ...found] : [...found, ...this.#items]);
    for (const room of new Set(items.map(item => item.entry.room))) {
      const waiting = items.filter(item => item.entry.room === room && !item.entry.failed);
      if (this.#ready) for (const item of waiting) this.#lane(room).append(item);
      else this.#lane(room).prepend(waiting);
      this.#changed(room);
    }
    if (this.#ready) return;
    this.#ready = true;
    for (const lane of this.#lanes.values()) lane.pump();
  }

  #lane(room: string): OutboxLane {
    const lane =
      this.#lanes.get(room) ??
      new OutboxLane({
        send: this.#deps.send,
        canSend: () => this.#ready && !this.#closed && this.#deps.isOpen(),
        sent: (item, data) => this.#sent(item, data),
        refused: (item, error) => this.#refused(item, error),
        window: this.#deps.window ?? 1,
        backoff: this.#deps.backoff,
      });
    this.#lanes.set(room, lane);
    return lane;
  }

  #sent({ entry }: OutboxItem, data: CallData<OutboxCall>): void {
    const sent = { id: entry.id, at: entry.at, ...data };
    this.#deps.acked(entry, sent);
    this.settle(entry.id, sent);
  }

  #refused(item: OutboxItem, { code, message }: CallError): void {
    item.entry = { ...item.entry, failed: { code, message } };
    this.#keeper.put(item.entry);
    item.done.reject(new CallError(code, message));
    this.#changed(item.entry.room);
    this.#lane(item.entry.room).remove(item);
  }

  #take(item: OutboxItem): void {
    const { id, room } = item.entry;
    this.#items.delete(id);
    const lane = this.#lane(room);
    lane.remove(item);
    if (lane.isEmpty) this.#lanes.delete(room);
  }

  #changed(room: string): void {
    this.#entries = undefined;
    this.#deps.changed(room);
  }
}

function newItem(entry: OutboxEntry, left = false): OutboxItem {
  const item: OutboxItem = { entry, done: deferred(), state: 'waiting', left, faults: 0 };
  if (entry.failed) item.done.reject(new CallError(entry.failed.code, entry.failed.message));
  return item;
}
