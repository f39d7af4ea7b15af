// Leases and sweeping through the SQL functions: the UpkeepStore of every driver.
import type { UpkeepStore } from '../../hub/ports.ts';
import type { Db } from '../db.ts';

export function createUpkeepStore(db: Pick<Db, 'call'>): UpkeepStore {
  return {
    async takeLease(name, node, seconds) {
      return ((await db.call('take_lease', { name, node, seconds })) as { held: boolean }).held;
    },
    async endLease(name, node) {
      await db.call('end_lease', { name, node });
    },
    sweep: async () => (await db.call('sweep', {})) as Record<string, number>,
  };
}
