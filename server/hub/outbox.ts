// What is to be sent to people who are not here: put in with a key, taken back by the beginning of it, sent by whichever node holds the lease.
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { Channel } from '#shared/protocol/outbox.ts';
import type { Leases } from './lease.ts';
import { openOutboxWorker, type Tempo } from './outbox-worker.ts';
import { mayOrThrow } from './policy.ts';
import type { Actor, Log } from './ports.ts';
import type { OutboxStore, Posting, Sender } from './ports-outbox.ts';

const HOUR = 3_600_000;

export interface Outbox {
  /** By which something can be sent here. */
  readonly channels: readonly Channel[];
  /** Resolves when it is kept for good; what has no address is left out. At least once each, with the key along (I14). */
  put(postings: readonly Posting[]): Promise<{ put: number }>;
  /** Takes back what has not left: `cancel([`message:${keyPart(room)}:${id}:`], 'It was read.')`. */
  cancel(prefixes: readonly string[], reason: string): Promise<number>;
  /** Something was put in by another way; only saves a second. */
  wake(): void;
  list(actor: Actor, input: ParsedInput<'outbox:list'>): Promise<CallData<'outbox:list'>>;
  retry(actor: Actor, input: ParsedInput<'outbox:retry'>): Promise<CallData<'outbox:retry'>>;
}

/** An id within a key, whatever signs it holds; as the SQL function `key_part` does it. */
export const keyPart = (id: string): string => id.replaceAll('%', '%25').replaceAll(':', '%3A');

export function createOutbox(deps: {
  store: OutboxStore;
  senders: readonly Sender[];
  leases: Leases;
  /** Where somebody unsubscribes. */
  unsubscribe(user: string, channel: Channel, topic: string): string | undefined;
  tempo?: Partial<Tempo> | undefined;
  log: Log;
}): Outbox {
  const { store, senders, leases } = deps;
  let wake = () => {};
  leases.run({ name: 'sweep the outbox', everyMs: HOUR, work: async () => void (await store.sweepOut()) });
  if (senders.length > 0) {
    leases.hold({
      name: 'outbox',
      open() {
        const worker = openOutboxWorker(deps);
        wake = worker.wake;
        return worker;
      },
    });
  }
  return {
    channels: senders.map(({ channel }) => channel),
    async put(postings) {
      const done = await store.putOut(postings);
      wake();
      return done;
    },
    cancel: (prefixes, reason) => store.cancelOut(prefixes, reason),
    wake: () => wake(),
    list(actor, input) {
      mayOrThrow(actor, 'see what is sent');
      return store.listOut(input);
    },
    async retry(actor, { prefix }) {
      mayOrThrow(actor, 'see what is sent');
      const count = await store.retryOut(prefix, actor.id);
      wake();
      return { count };
    },
  };
}
