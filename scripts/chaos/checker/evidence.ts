// A run as the invariants look at it: the history sorted into questions that several of them ask. Decides nothing itself.
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Message } from '#shared/protocol/models.ts';
import type { FinalRoom, FinalState, HistoryRecord, RecordOf } from '../history.ts';

export interface Violation {
  readonly what: string;
  /** The records and entries that prove it. */
  readonly proof: readonly unknown[];
}

/** What one invariant found. Without facts it decided nothing. */
export interface Finding {
  /** How many things were compared. */
  readonly facts: number;
  readonly violations: readonly Violation[];
}

/** An attempt at a call and what became of it. */
export interface Attempt {
  readonly send: RecordOf<'send'>;
  readonly outcome: RecordOf<'ok' | 'fail' | 'unknown'> | undefined;
}

/** One time in a room: entries `from` to `to` were this user's to see, both included. */
export interface Stay {
  readonly from: number;
  readonly to: number;
}

export interface Evidence {
  readonly history: readonly HistoryRecord[];
  readonly rooms: ReadonlyMap<string, FinalRoom>;
  readonly attempts: readonly Attempt[];
  /** By room, author and id: {@link keyOf}. */
  readonly byId: ReadonlyMap<string, readonly Attempt[]>;
  of<K extends HistoryRecord['kind']>(kind: K): readonly RecordOf<K>[];
  /** The entries that a restored backup took away from what was known at `t`: those above this number. */
  kept(room: string, t: number): number;
  /** From the log: when a user was a member of a room. */
  stays(room: string, user: string): readonly Stay[];
  /** The entry of the final log with this number. */
  entry(room: string, seq: number): LogEvent | undefined;
  /** A final read by its digest. */
  events(digest: string): readonly LogEvent[];
  messages(digest: string): readonly Message[];
}

export type Reads = (digest: string) => unknown;

export const keyOf = (room: string, user: string, id: string): string => `${room} ${user} ${id}`;

/** Entries that come from recorded calls; the others are made by joins, kicks and settings. */
export const isWritten = (type: string): boolean =>
  type.startsWith('message.') || type.startsWith('reaction.');

export function gather(history: readonly HistoryRecord[], state: FinalState, reads: Reads): Evidence {
  const kinds = Map.groupBy(history, record => record.kind);
  const of = <K extends HistoryRecord['kind']>(kind: K) => (kinds.get(kind) ?? []) as RecordOf<K>[];
  const outcomes = new Map<number, RecordOf<'ok' | 'fail' | 'unknown'>>();
  for (const kind of ['ok', 'fail', 'unknown'] as const) {
    for (const record of of(kind)) if (!outcomes.has(record.call)) outcomes.set(record.call, record);
  }
  const attempts = of('send').map(send => ({ send, outcome: outcomes.get(send.call) }));
  const rooms = new Map(state.rooms.map(room => [room.id, room]));
  const bySeq = new Map(
    state.rooms.map(room => [room.id, new Map(room.events.map(event => [event.seq, event]))]),
  );
  const stays = new Map(state.rooms.map(room => [room.id, staysOf(room.events)]));
  return {
    history,
    rooms,
    attempts,
    byId: Map.groupBy(attempts, ({ send }) => keyOf(send.room, send.user, send.id)),
    of,
    kept: (room, t) =>
      Math.min(
        ...of('restore').flatMap(one => (one.room === room && one.t > t ? [one.keep] : [])),
        Number.POSITIVE_INFINITY,
      ),
    stays: (room, user) => stays.get(room)?.get(user) ?? [],
    entry: (room, seq) => bySeq.get(room)?.get(seq),
    events: digest => reads(digest) as LogEvent[],
    messages: digest => reads(digest) as Message[],
  };
}

function staysOf(events: readonly LogEvent[]): Map<string, Stay[]> {
  const stays = new Map<string, Stay[]>();
  // Who is there from the start may read the start.
  let start = true;
  for (const event of events) {
    start &&= event.type === 'room.created' || event.type === 'member.joined';
    if (event.type === 'member.joined') {
      const all = stays.get(event.data.user) ?? [];
      if (all.at(-1)?.to !== Number.POSITIVE_INFINITY)
        all.push({ from: start ? 1 : event.seq, to: Number.POSITIVE_INFINITY });
      stays.set(event.data.user, all);
    } else if (event.type === 'member.left' || event.type === 'member.removed') {
      const last = stays.get(event.data.user)?.pop();
      if (last) stays.get(event.data.user)?.push({ from: last.from, to: Math.min(last.to, event.seq) });
    }
  }
  return stays;
}

/** The first entry that a member may read whose view of the room ends with `head`; undefined when they may read nothing then. */
export function floorAt(evidence: Evidence, room: string, user: string, head: number): number | undefined {
  // The removal itself is told to the one removed, but no longer to be asked for.
  const stay = evidence.stays(room, user).find(({ from, to }) => from <= head && head < to);
  return stay && (evidence.rooms.get(room)?.kind === 'public' ? 1 : stay.from);
}

/** Collects violations; after the first few of an invariant the rest would only repeat it. */
export function createFinding(): {
  fact(): void;
  broken(what: string, ...proof: unknown[]): void;
  end(): Finding;
} {
  let facts = 0;
  const violations: Violation[] = [];
  return {
    fact: () => void facts++,
    broken: (what, ...proof) => void violations.push({ what, proof }),
    end: () => ({ facts, violations }),
  };
}
