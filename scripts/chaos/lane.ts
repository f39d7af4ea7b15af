// What one client has to say in one room: one call under way at a time, the same again until its outcome is known.
import type { CallInput } from '#shared/protocol/calls.ts';
import type { Reply } from '#shared/protocol/errors.ts';
import type { ChaosClient } from './client.ts';
import { canonical } from './history.ts';

export type Words =
  | { type: 'message.created'; text: string }
  | { type: 'reaction.added' | 'reaction.removed'; target: string; emoji: string }
  | { type: 'message.edited'; target: string; text: string }
  | { type: 'message.deleted'; target: string };

interface Draft {
  readonly id: string;
  readonly words: Words;
  /** Another client of the same person, which sends the same at the same time. */
  readonly twin: ChaosClient | undefined;
  /** Is given up when it is refused, whatever the refusal says of later. */
  readonly once: boolean;
}

/** Refusals after which the same call may succeed. */
const PASSING = ['unavailable', 'rate_limited', 'internal'];
/** Milliseconds after which an ack counts as lost, and the same call is made again. */
const ACK_PATIENCE = 4000;
/** So many in a row, and it is the connection that is dead. */
const ALL_LOST = 3;

export class Lane {
  readonly #room: string;
  readonly #client: ChaosClient;
  readonly #drafts: Draft[] = [];
  #flying = false;
  /** Acks that did not come, in a row. */
  #lost = 0;

  constructor(room: string, client: ChaosClient) {
    this.#room = room;
    this.#client = client;
  }

  get idle(): boolean {
    return this.#drafts.length === 0 && !this.#flying;
  }

  say(words: Words, { twin, once = false }: { twin?: ChaosClient | undefined; once?: boolean } = {}): void {
    this.#drafts.push({ id: crypto.randomUUID(), words, twin, once });
    this.pump();
  }

  pump(): void {
    const [draft] = this.#drafts;
    if (!draft || this.#flying || !this.#client.connected) return;
    this.#flying = true;
    if (draft.twin?.connected) this.#attempt(draft.twin, draft, () => {});
    this.#attempt(this.#client, draft, reply => {
      this.#flying = false;
      this.#lost = reply ? 0 : this.#lost + 1;
      if (this.#lost === ALL_LOST) this.#client.drop();
      if (reply && (reply.ok || draft.once || !PASSING.includes(reply.error.code))) this.#drafts.shift();
      else {
        setTimeout(() => this.pump(), 250);
        return;
      }
      this.pump();
    });
  }

  /** Writes down the attempt and its outcome, as this client comes to know it. */
  #attempt(by: ChaosClient, { id, words }: Draft, done: (reply: Reply<unknown> | undefined) => void): void {
    const { history, nextCall } = this.#client.options;
    const call = nextCall();
    const { name: client } = this.#client.options;
    history.write({
      kind: 'send',
      ...by.where(this.#room),
      client,
      call,
      id,
      type: words.type,
      body: body(words),
    });
    const came = (
      reply: Reply<{ seq: number; epoch?: string | undefined; duplicate?: true | undefined }> | undefined,
    ) => {
      if (!reply) history.write({ kind: 'unknown', call });
      else if (!reply.ok) history.write({ kind: 'fail', call, code: reply.error.code });
      else {
        const { seq, epoch, duplicate } = reply.data;
        history.write({ kind: 'ok', call, seq, ...(epoch && { epoch }), ...(duplicate && { duplicate }) });
      }
      done(reply);
    };
    const [name, input] = callOf(this.#room, id, words);
    by.call(name, input as CallInput<'message:send'>, came, ACK_PATIENCE);
  }
}

function body(words: Words): string {
  if (words.type === 'message.created') return words.text;
  const { type: _, ...data } = words;
  return canonical(data);
}

function callOf(room: string, id: string, { type, ...words }: Words) {
  switch (type) {
    case 'message.created':
      return ['message:send', { room, id, ...words }] as const;
    case 'message.edited':
      return ['message:edit', { room, id, ...words }] as const;
    case 'message.deleted':
      return ['message:delete', { room, id, ...words }] as const;
    default:
      return ['message:react', { room, id, ...words, on: type === 'reaction.added' }] as const;
  }
}
