// What a room's fan-out says of what it hands over: once for a frame, never for each socket of it.
import type { LogEvent } from '#shared/protocol/events.ts';

/** One socket in one room, from its join until it leaves. It was handed what comes after `since`, up to `cursor`. */
export interface Stay {
  readonly socket: string;
  readonly user: string;
  readonly since: number;
  readonly cursor: number;
  /** Milliseconds of this process's clock. */
  readonly began: number;
  /** Whoever notes stays has noted this one. */
  noted: boolean;
}

/** Where a room's entries leave this node. */
export interface Carrier {
  readonly place: { readonly room: string; readonly epoch: string };
  /** Those of now. */
  stays(): Iterable<Stay>;
}

/** Nothing here waits or throws: it is in the path of every frame. */
export interface HandOvers {
  /** All stays that were to have these entries, which follow those before, have them. */
  carried(carrier: Carrier, events: readonly LogEvent[]): void;
  ended(carrier: Carrier, stay: Stay): void;
  /** The node follows the room no more; its stays have ended before. */
  closed(carrier: Carrier): void;
}
