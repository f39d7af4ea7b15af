// The delivery ledger in one piece: written down in the background, swept by one node, asked by admins.
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { Background } from './background.ts';
import { Unreachable } from './errors.ts';
import type { Leases } from './lease.ts';
import type { Ledger } from './ledger.ts';
import { mayOrThrow } from './policy.ts';
import type { Actor, Log } from './ports.ts';
import type { LedgerStore } from './ports-ledger.ts';

const WRITE = 3000;
const HOUR = 3_600_000;
/** Rows that one statement forgets. */
const SWEPT = 5000;

export interface Traces {
  /** What became of one message for one person. @throws HubError */
  trace(actor: Actor, input: ParsedInput<'admin:trace'>): Promise<CallData<'admin:trace'>>;
}

export function createLedgerHub(deps: {
  store: LedgerStore;
  ledger: Ledger;
  background: Background;
  leases: Leases;
  pollMs: number | undefined;
  log: Log;
}): Traces {
  const { store, ledger, background, leases, log } = deps;
  // Kept for the next time, which is soon; that the database is away, others say.
  const write = () =>
    ledger.write().catch(error => {
      if (!(error instanceof Unreachable)) throw error;
      log.debug({ err: error }, 'who was given what is written down later');
    });
  background.every(deps.pollMs ?? WRITE, 'write down who was given what', write, 0);
  leases.run({
    name: 'sweep the delivery ledger',
    everyMs: HOUR,
    async work() {
      let swept: number;
      do swept = await store.sweepLedger(SWEPT);
      while (swept >= SWEPT);
    },
  });
  return {
    async trace(actor, input) {
      mayOrThrow(actor, 'trace messages');
      // What this node knows is told as it is now; the others write every few seconds.
      await ledger.write();
      return store.traceMessage({ ...input, by: actor.id });
    },
  };
}
