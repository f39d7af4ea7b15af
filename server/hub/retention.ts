// How long rooms keep what was said: what is older goes, a little at a time, on the node that holds the lease, whatever else is to be done first.
import { setTimeout as delay } from 'node:timers/promises';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import { openRounds } from './file-rounds.ts';
import type { Leases } from './lease.ts';
import type { Batch } from './log-writer.ts';
import { mayOrThrow } from './policy.ts';
import type { Actor, Log } from './ports.ts';
import type { RecordStore } from './ports-records.ts';
import type { Pressure } from './pressure.ts';

/** Milliseconds between two rounds through all rooms. */
const ROUND = 3_600_000;
/** Milliseconds after each stretch in which something went: people talk meanwhile. */
const PAUSE = 50;
/** How much is looked at, and taken, in one transaction. */
const MOST = { window: 5000, limit: 100 };

export interface Retention {
  list(actor: Actor, input: ParsedInput<'retention:list'>): Promise<CallData<'retention:list'>>;
  hold(actor: Actor, input: ParsedInput<'retention:hold'>): Promise<CallData<'retention:hold'>>;
  run(actor: Actor, input: ParsedInput<'retention:run'>): Promise<CallData<'retention:run'>>;
}

export function createRetention(deps: {
  store: Omit<RecordStore, 'sendReport' | 'reports' | 'settleReport'>;
  leases: Leases;
  pressure: Pressure;
  /** Days that rooms keep what is said which say nothing of it themselves; undefined: for ever. */
  defaultDays: number | undefined;
  committed(batches: Batch[]): void;
  /** Messages are gone, and their files with them. */
  deleted(): void;
  now(): number;
  log: Log;
}): Retention {
  const { store, leases, pressure, now, log } = deps;

  /** One stretch of a room. */
  const expire = async (room: string, after: number): Promise<{ messages: number; next?: number }> => {
    const { events, epoch, next } = await store.expireMessages(room, after, MOST);
    const head = events.at(-1)?.seq;
    if (head !== undefined && epoch !== undefined) {
      deps.committed([{ room, epoch, head, events }]);
      deps.deleted();
    }
    return { messages: events.length, ...(next !== undefined && { next }) };
  };

  leases.hold({
    name: 'retention',
    open() {
      let rooms: string[] = [];
      let due = Number.NEGATIVE_INFINITY;
      let at = { after: 0, messages: 0 };
      const page = async (signal: AbortSignal): Promise<'more' | 'none'> => {
        if (pressure.refuses('backfill')) return 'none';
        const [room] = rooms;
        if (room === undefined) {
          if (now() < due) return 'none';
          rooms = await store.retentionRooms(deps.defaultDays);
          due = now() + ROUND;
          return rooms.length > 0 ? 'more' : 'none';
        }
        const { messages, next } = await expire(room, at.after);
        at = { after: next ?? 0, messages: at.messages + messages };
        if (next === undefined) {
          rooms = rooms.slice(1);
          if (at.messages > 0) {
            log.info({ room, messages: at.messages }, 'a room no longer keeps what is too old');
            await store.note('first-court', 'retention.swept', { room, messages: at.messages });
          }
          at = { after: 0, messages: 0 };
        }
        if (messages > 0) await delay(PAUSE, undefined, { signal }).catch(() => undefined);
        return 'more';
      };
      return openRounds(page, error =>
        log.warn({ err: error }, 'what is too old could not be taken out; it will be'),
      );
    },
  });

  return {
    async list(actor, input) {
      mayOrThrow(actor, 'see what rooms keep');
      return store.retention(input);
    },
    async hold(actor, input) {
      mayOrThrow(actor, 'see what rooms keep');
      await store.hold(actor.id, input);
      return {};
    },
    async run(actor, { room, after }) {
      mayOrThrow(actor, 'see what rooms keep');
      if (after === 0) {
        // Also tells of a room that is not there.
        await store.retention({ room, limit: 1 });
        await store.note(actor.id, 'retention.run', { room });
      }
      return expire(room, after);
    },
  };
}
