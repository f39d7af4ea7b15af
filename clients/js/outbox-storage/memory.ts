// Outbox entries for as long as the process lives.
import type { OutboxStorage, StoredEntry } from '../types.ts';

/** The default in Node. */
export function memoryOutbox(): OutboxStorage {
  const entries = new Map<string, StoredEntry>();
  return {
    load: async account =>
      [...entries.values()].filter(entry => entry.account === account).sort((a, b) => a.order - b.order),
    put: async entry => void entries.set(entry.id, entry),
    remove: async id => void entries.delete(id),
    close: async () => {},
  };
}
