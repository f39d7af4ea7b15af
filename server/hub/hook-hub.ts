// Webhooks in one piece: the calls about them, the way in, and what hands entries on to those that hear.
import { createHookDoor, type HookDoor } from './hook-door.ts';
import { createHookFollower } from './hook-follower.ts';
import { createHooks } from './hooks.ts';
import type { HubOptions } from './hub-options.ts';
import type { Leases } from './lease.ts';
import type { Batch } from './log-writer.ts';
import type { MessageHub } from './messages.ts';
import type { Outcome } from './ports.ts';
import type { Pressure } from './pressure.ts';

export interface HookHub extends ReturnType<typeof createHooks> {
  readonly door: HookDoor;
  /** Entries were committed, here or on another node. */
  grew(batches: readonly Batch[]): void;
}

export function createHookHub(
  deps: Pick<HubOptions, 'hookStore' | 'courier' | 'contacts' | 'sealer' | 'log'> & {
    messages: MessageHub;
    pressure: Pressure;
    leases: Leases;
    pollMs: number;
    /** Something was put into the outbox. */
    posted(): void;
    committed(batches: Batch[]): void;
  },
): HookHub {
  const { hookStore: store, courier, contacts, sealer, leases, committed, log } = deps;
  const follower = createHookFollower({ ...deps, store });
  if (courier) leases.hold({ name: 'webhooks', open: follower.open });
  const hooks = createHooks({
    store,
    sealer,
    courier,
    publicUrl: contacts.publicUrl,
    written(room: string, outcome: Outcome) {
      if (!('event' in outcome)) return;
      const { epoch, event } = outcome;
      committed([{ room, epoch, head: event.seq, events: [event] }]);
    },
    changed: follower.wake,
    log,
  });
  return { ...hooks, door: createHookDoor({ ...deps, store }), grew: follower.grew };
}
