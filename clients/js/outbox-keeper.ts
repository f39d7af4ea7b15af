// Keeps outbox entries in their storage: in order, one write after the other, each owned by the client that is to send it.
import { claimOwner, type OutboxOwner } from './outbox-owner.ts';
import type { OutboxEntry, OutboxStorage, StoredEntry } from './types.ts';

export interface KeeperHandlers {
  /** Entries of a client that ended after we began; ours to send now. */
  inherited(entries: OutboxEntry[]): void;
  /** The storage failed: entries live on in memory only. */
  warn(error: Error): void;
}

export class OutboxKeeper {
  readonly #storage: OutboxStorage;
  readonly #handlers: KeeperHandlers;
  readonly #orders = new Map<string, number>();
  /** Owners whose entries we took or are waiting for. */
  readonly #known = new Set<string>();
  #account = '';
  #owner: OutboxOwner | undefined;
  #lastOrder = 0;
  #isOpen = false;
  #closed = false;
  #opening: Promise<OutboxEntry[]> | undefined;
  #work: Promise<void>;
  #begin: () => void = () => {};

  constructor(storage: OutboxStorage, handlers: KeeperHandlers) {
    this.#storage = storage;
    this.#handlers = handlers;
    // What is written before we know for whom waits for `open`.
    this.#work = new Promise(resolve => {
      this.#begin = resolve;
    });
  }

  /** Returns what clients that are gone left behind, oldest first. Never rejects. */
  open(account: string): Promise<OutboxEntry[]> {
    this.#account = account;
    this.#opening = this.#open();
    return this.#opening;
  }

  /** Takes over what was left since the last look. */
  look(): void {
    this.#do(() => this.#look([]));
  }

  /** Adds it as the newest, or replaces it where it stands. */
  put(entry: OutboxEntry): void {
    this.#do(async owner => {
      const order = this.#orders.get(entry.id) ?? Math.max(this.#lastOrder + 1, Date.now());
      this.#lastOrder = Math.max(this.#lastOrder, order);
      this.#orders.set(entry.id, order);
      await this.#storage.put({ ...entry, account: this.#account, owner: owner.id, order });
    });
  }

  remove(id: string): void {
    this.#do(async () => {
      this.#orders.delete(id);
      await this.#storage.remove(id);
    });
  }

  /** Ends after the last write; what comes after is not kept. */
  async close(): Promise<void> {
    const work = this.#opening?.then(() => this.#work);
    this.#closed = true;
    await work;
    this.#owner?.release();
    await this.#storage.close();
  }

  async #open(): Promise<OutboxEntry[]> {
    const left: StoredEntry[] = [];
    const { warn } = this.#handlers;
    try {
      this.#owner = await claimOwner(warn);
      await this.#look(left);
    } catch (error) {
      warn(error as Error);
    }
    this.#isOpen = true;
    this.#begin();
    return left.sort((a, b) => a.order - b.order).map(plain);
  }

  #do(work: (owner: OutboxOwner) => Promise<void>): void {
    if (this.#closed) return;
    this.#work = this.#work.then(async () => {
      try {
        if (this.#owner) await work(this.#owner);
      } catch (error) {
        this.#handlers.warn(error as Error);
      }
    });
  }

  /** What is found while opening is added to `left`. */
  async #look(left: StoredEntry[]): Promise<void> {
    const entries = await this.#storage.load(this.#account);
    const own = this.#owner!;
    this.#lastOrder = Math.max(this.#lastOrder, ...entries.map(entry => entry.order));
    for (const owner of new Set(entries.map(entry => entry.owner))) {
      if (owner === own.id || this.#known.has(owner)) continue;
      this.#known.add(owner);
      await own.inherit(owner, async () => {
        const entries = await this.#adopt(owner, own.id);
        if (this.#isOpen) this.#handlers.inherited(entries.map(plain));
        else left.push(...entries);
      });
    }
  }

  async #adopt(from: string, to: string): Promise<StoredEntry[]> {
    const entries = (await this.#storage.load(this.#account)).filter(entry => entry.owner === from);
    for (const entry of entries) {
      this.#orders.set(entry.id, entry.order);
      await this.#storage.put({ ...entry, owner: to });
    }
    return entries;
  }
}

const plain = ({ account: _, owner: _o, order: _n, ...entry }: StoredEntry): OutboxEntry => entry;
