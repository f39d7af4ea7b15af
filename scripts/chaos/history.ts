// What a chaos run writes down, one JSON object a line, and how it is written and read. The checker knows the run by nothing else.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Message, RoomKind, RoomRole } from '#shared/protocol/models.ts';

/** A log entry as somebody was given it: number, id, type, author, and what it says (see {@link bodyOf}). */
export type Entry = readonly [seq: number, id: string, type: string, by: string, body: string];

interface Where {
  /** One program of one person; it outlives its sockets. */
  readonly client: string;
  readonly user: string;
  readonly node: string;
  readonly room: string;
}

/** `t` is milliseconds of the harness's one monotonic clock; `since` is when the call of this record began. */
export type HistoryRecord = { readonly t: number } & (
  | { kind: 'phase'; name: 'warm-up' | 'chaos' | 'quiesce' | 'restore' | 'check' }
  | { kind: 'connect'; client: string; user: string; node: string; socket: string }
  | { kind: 'disconnect'; client: string; socket: string; reason: string }
  /** One attempt at a call that writes; `call` is its number, `id` stays the same when it is repeated. */
  | ({ kind: 'send'; call: number; id: string; type: string; body: string } & Where)
  | { kind: 'ok'; call: number; seq: number; epoch?: string; duplicate?: true }
  /** Refused for certain. */
  | { kind: 'fail'; call: number; code: string }
  /** The connection or the patience ended before an answer came. */
  | { kind: 'unknown'; call: number }
  /** The answer to room:join. `stay` counts this client's copies of this log; a recovered one goes on. Entries begin after `base`. */
  | ({
      kind: 'join';
      socket: string;
      since: number;
      epoch: string;
      head: number;
      stay: number;
      base: number;
      recovered: boolean;
      entries: readonly Entry[];
    } & Where)
  /** Unsubscribed by this client's own wish; with `forget` the membership ended too. */
  | ({ kind: 'leave'; socket: string; forget: boolean } & Where)
  /** A removal, acknowledged as entry `seq`. */
  | { kind: 'kick'; room: string; by: string; target: string; seq: number }
  /** The hub ended the subscription: removed, or told to join again. */
  | { kind: 'ended'; client: string; socket: string; room: string; why: 'removed' | 'resync' }
  /** A frame that came in. */
  | { kind: 'wire'; client: string; socket: string; room: string; epoch: string; entries: readonly Entry[] }
  /** The client took entries `from` to `to` into its copy. */
  | { kind: 'apply'; client: string; room: string; epoch: string; stay: number; from: number; to: number }
  /** The answer to events:read: the log after `after`, up to a page of it. */
  | ({
      kind: 'read';
      since: number;
      epoch: string;
      head: number;
      after: number;
      entries: readonly Entry[];
    } & Where)
  /** The answer to read:mark. */
  | ({ kind: 'mark'; since: number; seq: number; readSeq: number } & Where)
  /** Everything a member can read at the end; the digests name files of the run. */
  | ({ kind: 'final'; epoch: string; head: number; events: string; messages: string } & Where)
  /** What a member is told of another's presence at the end; `online` is what is so. */
  | {
      kind: 'presence';
      client: string;
      node: string;
      about: string;
      online: boolean;
      status: string;
    }
  /** Presence pushed to somebody. */
  | { kind: 'seen'; client: string; user: string; about: readonly string[] }
  | { kind: 'restore'; room: string; from: string; to: string; keep: number }
  | { kind: 'fault'; fault: number; name: string; target: string; phase: 'begin' | 'heal'; effect?: string }
  /** A node ended or spoke in a way that nobody had asked for. */
  | { kind: 'trouble'; node: string; what: string }
  /** What a node holds open; `at` tells before any client came from after all had gone. */
  | {
      kind: 'handles';
      node: string;
      at: 'baseline' | 'end';
      open: number;
      names: Readonly<Record<string, number>>;
    }
);

export type RecordOf<K extends HistoryRecord['kind']> = Extract<HistoryRecord, { kind: K }>;

/** The database when everything had come to rest. */
export interface FinalState {
  readonly rooms: readonly FinalRoom[];
}

export interface FinalRoom {
  readonly id: string;
  readonly kind: RoomKind;
  readonly epoch: string;
  readonly head: number;
  readonly events: readonly LogEvent[];
  readonly messages: readonly Message[];
  readonly members: readonly { readonly user: string; readonly role: RoomRole; readonly readSeq: number }[];
}

/** What an entry says, as text: the words of a message, else its data with the fields in order. */
export function bodyOf({ type, data }: Pick<LogEvent, 'type' | 'data'>): string {
  return type === 'message.created' ? (data as { text: string }).text : canonical(data);
}

export const entryOf = (event: LogEvent): Entry => [event.seq, event.id, event.type, event.by, bodyOf(event)];

/** The same text for the same value, whatever the order of its fields. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export const digestOf = (value: unknown): string =>
  createHash('sha256').update(canonical(value)).digest('hex').slice(0, 32);

export interface HistoryWriter extends AsyncDisposable {
  /** Milliseconds since the run began. */
  now(): number;
  write(record: Unstamped): void;
}

/** A record that gets its time as it is written. */
export type Unstamped = HistoryRecord extends infer R
  ? R extends { t: number }
    ? Omit<R, 't'>
    : never
  : never;

export function openHistory(file: string): HistoryWriter {
  const out = createWriteStream(file);
  const began = performance.now();
  const now = () => Math.round((performance.now() - began) * 1000) / 1000;
  return {
    now,
    write: record => void out.write(`${JSON.stringify({ t: now(), ...record })}\n`),
    async [Symbol.asyncDispose]() {
      out.end();
      await finished(out);
    },
  };
}

/** @throws Error that names the line which is no record */
export async function readHistory(file: string): Promise<HistoryRecord[]> {
  const records: HistoryRecord[] = [];
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    try {
      records.push(JSON.parse(line));
    } catch {
      throw new Error(`${file}:${records.length + 1} is not a record: was the run cut short?`);
    }
  }
  return records;
}
