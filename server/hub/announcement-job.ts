// What time does to announcements: begin, end, late joiners, reminders, e-mails. Open on the one node that holds the lease; all that it has done stands
// in the database, so the next node goes on where a dead one stopped.
import { setTimeout as delay } from 'node:timers/promises';
import type { Channel } from '#shared/protocol/outbox.ts';
import { Unreachable } from './errors.ts';
import type { Log } from './ports.ts';
import type { AnnouncementStore } from './ports-announcements.ts';

/** Milliseconds between two looks at the clock, and looks between two searches for late joiners who are not here. */
const TICK = 1000;
const LATE = 10;
/** People for whom something follows in one look. */
const LIMIT = 500;

export function openAnnouncementJob(deps: {
  store: Pick<AnnouncementStore, 'tick'>;
  /** By which people can be told. */
  channels(): readonly Channel[];
  /** Something began, ended, or is to be shown again. */
  changed(): void;
  log: Log;
}): AsyncDisposable {
  const { store, channels, changed, log } = deps;
  const closing = new AbortController();

  const run = async () => {
    let more = false;
    for (let look = 0; !closing.signal.aborted; look++) {
      try {
        const done = await store.tick(channels(), more || look % LATE === 0, LIMIT);
        if (done.changed) changed();
        more = done.more;
      } catch (error) {
        more = false;
        const level = error instanceof Unreachable ? 'warn' : 'error';
        log[level]({ err: error }, 'announcements wait for the next look');
      }
      if (!more) await delay(TICK, undefined, { signal: closing.signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await running;
    },
  };
}
