// Outbox entries in the browser's database, so that they outlive the page. All tabs of an origin share them.
import type { DBSchema, IDBPDatabase } from 'idb';
import type { OutboxStorage, StoredEntry } from '../types.ts';

interface Schema extends DBSchema {
  entries: { key: string; value: StoredEntry; indexes: { place: [string, number] } };
}

/** The default in browsers. `name` is the database's. */
export function indexedDbOutbox(name = 'first-court-outbox'): OutboxStorage {
  let opened: Promise<IDBPDatabase<Schema>> | undefined;
  const forget = () => {
    opened = undefined;
  };
  const database = () => {
    opened ??= open(name, forget);
    return opened;
  };
  return {
    async load(account) {
      const range = IDBKeyRange.bound([account], [account, []]);
      return (await database()).getAllFromIndex('entries', 'place', range);
    },
    async put(entry) {
      await (await database()).put('entries', entry);
    },
    async remove(id) {
      await (await database()).delete('entries', id);
    },
    async close() {
      (await opened)?.close();
      forget();
    },
  };
}

/** `onGone` is called when the connection can be used no longer; the next call opens another. */
async function open(name: string, onGone: () => void): Promise<IDBPDatabase<Schema>> {
  try {
    // Loaded when needed: Node never is in need of it.
    const { openDB } = await import('idb');
    return await openDB<Schema>(name, 1, {
      upgrade(db) {
        db.createObjectStore('entries', { keyPath: 'id' }).createIndex('place', ['account', 'order']);
      },
      // A later version of the app wants to change the database: let go of it.
      blocking(_current, _next, event) {
        (event.target as IDBDatabase).close();
        onGone();
      },
      terminated: onGone,
    });
  } catch (error) {
    onGone();
    throw error;
  }
}
