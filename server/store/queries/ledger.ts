// The delivery ledger through the SQL functions of migration 0021: the LedgerStore of every driver.
import type { LedgerStore } from '../../hub/ports-ledger.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

export function createLedgerStore(db: Pick<Db, 'call'>): LedgerStore {
  const call = refusingCall(db);
  return {
    noteDeliveries: notes => call('note_deliveries', notes),
    traceMessage: of => call('trace_message', of),
    sweepLedger: async limit => (await call<{ swept: number }>('ledger_sweep', { limit })).swept,
  };
}
