// What one asks of a room without a copy of it: messages out, files out and in, pages of its past.
import type { CallInput } from '../../shared/protocol/calls.ts';
import type { Message, Presence } from '../../shared/protocol/models.ts';
import type { Connection } from './connection.ts';
import type { Upload, UploadOptions, UploadSource } from './files/types.ts';
import type { UploadBook } from './files/uploads.ts';
import type { RoomOutbox } from './outbox.ts';
import { LiveRecap, type Recap, type SummarizeOptions } from './recap.ts';
import type { SendOptions } from './types.ts';
import { uuid } from './uuid.ts';

export interface RoomCallDeps {
  connection: Connection;
  outbox: RoomOutbox;
  uploads: UploadBook;
}

export class RoomCalls {
  readonly id: string;
  readonly #deps: RoomCallDeps;

  constructor(id: string, deps: RoomCallDeps) {
    this.id = id;
    this.#deps = deps;
  }

  send(text: string, options: SendOptions = {}) {
    const posted = this.#deps.outbox.add('message:send', { room: this.id, id: uuid(), text, ...options });
    if (options.files) this.#deps.uploads.sent(options.files);
    return posted;
  }

  edit(target: string, text: string) {
    return this.#deps.outbox.add('message:edit', { room: this.id, id: uuid(), target, text });
  }

  delete(target: string) {
    return this.#deps.outbox.add('message:delete', { room: this.id, id: uuid(), target });
  }

  react(target: string, emoji: string, on = true) {
    return this.#deps.outbox.add('message:react', { room: this.id, id: uuid(), target, emoji, on });
  }

  pin(target: string, on = true) {
    return this.#deps.outbox.add('message:pin', { room: this.id, id: uuid(), target, on });
  }

  upload(source: UploadSource, options?: UploadOptions): Upload {
    return this.#deps.uploads.start(this.id, source, options);
  }

  files(page: { cursor?: string; limit?: number } = {}) {
    return this.#deps.connection.call('files:list', { room: this.id, ...page });
  }

  summarize(options: SummarizeOptions = {}): Recap {
    return new LiveRecap(this.id, options, this.#deps.connection);
  }

  async history(range: Omit<CallInput<'messages:read'>, 'room' | 'thread'> = {}): Promise<Message[]> {
    return (await this.page(range)).messages;
  }

  async thread(root: string): Promise<Message[]> {
    return (await this.page({ thread: root, limit: 200 })).messages;
  }

  async presence(): Promise<Presence[]> {
    return (await this.#deps.connection.call('presence:get', { room: this.id })).presence;
  }

  protected page(range: Omit<CallInput<'messages:read'>, 'room'>) {
    return this.#deps.connection.call('messages:read', { room: this.id, ...range });
  }
}
