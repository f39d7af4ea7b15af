// Where it is kept who was given what: the delivery ledger's store.
import type { CallData } from '#shared/protocol/calls.ts';

/** `live`: pushed to a listener. `recovered`: in answer to what came after an entry. `page`: messages. The others: what a device named. */
export type Via = 'live' | 'recovered' | 'page' | 'acknowledged' | 'read';

/** Times of notes are milliseconds before the note is written, so that the database's clock alone decides. */
interface Times {
  readonly fromAgo: number;
  readonly ago: number;
}

/** A range of a room's log that left a node for all who listened. */
export interface CarriedRange extends Times {
  readonly room: string;
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  /** Milliseconds after it was written by which each of them had left; undefined: not known. */
  readonly within?: number | undefined;
}

/** A range that one socket was given, or the entries that its device named. */
export interface DeliveryNote extends Times {
  readonly user: string;
  readonly device: string;
  readonly client?: string | undefined;
  readonly socket: string;
  readonly room: string;
  /** Undefined: that of the room as it is. */
  readonly epoch?: string | undefined;
  readonly via: Via;
  /** Of a page of one thread, the message above it; else empty. */
  readonly thread: string;
  readonly first: number;
  /** Undefined: the socket still listens, and is given what its node carries. */
  readonly last?: number | undefined;
}

/** Durable. Rejects with `Unreachable` when the database does not answer, and with `HubError` when it refuses. */
export interface LedgerStore {
  /** Twice is once. `now` is the database's clock, in milliseconds since 1970. */
  noteDeliveries(notes: {
    /** This node, from its start to its end. */
    readonly run: string;
    readonly node: string;
    readonly ended: boolean;
    readonly carried: readonly CarriedRange[];
    readonly items: readonly DeliveryNote[];
  }): Promise<{ now: number }>;
  /** Writes down who asked, too. */
  traceMessage(of: {
    message: string;
    user: string;
    room?: string | undefined;
    by: string;
  }): Promise<CallData<'admin:trace'>>;
  /** Forgets what is a month old: so many at most of each kind, and says how many. */
  sweepLedger(limit: number): Promise<number>;
}
