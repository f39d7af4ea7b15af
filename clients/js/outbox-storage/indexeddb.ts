// Outbox entries in the browser's database, so that they outlive the page. All tabs of an origin share them.
import type { DBSchema } from 'idb';
import { lazyDatabase } from '../database.ts';
import type { OutboxStorage, StoredEntry } from '../types.ts';

interface Schema extends DBSchema {
  entries: { key: string; value: StoredEntry; indexes: { place: [string, number] } };
}

/** The default in browsers. `name` is the database's. */
export function indexedDbOutbox(name = 'first-court-outbox'): OutboxStorage {
  const database = lazyDatabase<Schema>(name, db => {
    db.createObjectStore('entries', { keyPath: 'id' }).createIndex('place', ['account', 'order']);
  });
  return {
    async load(account) {
      const range = IDBKeyRange.bound([account], [account, []]);
      return (await database.use()).getAllFromIndex('entries', 'place', range);
    },
    async put(entry) {
      await (await database.use()).put('entries', entry);
    },
    async remove(id) {
      await (await database.use()).delete('entries', id);
    },
    close: () => database.close(),
  };
}
