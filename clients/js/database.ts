// A database of the browser that opens itself when needed, and lets go when a newer page wants to change it. All tabs of an origin share it.
import type { DBSchema, IDBPDatabase } from 'idb';

export interface LazyDatabase<S extends DBSchema> {
  use(): Promise<IDBPDatabase<S>>;
  /** The next use opens it again. */
  close(): Promise<void>;
}

/** @param make the stores of its first version */
export function lazyDatabase<S extends DBSchema>(
  name: string,
  make: (db: IDBPDatabase<S>) => void,
): LazyDatabase<S> {
  let opened: Promise<IDBPDatabase<S>> | undefined;
  const forget = () => {
    opened = undefined;
  };
  return {
    use() {
      opened ??= open(name, make, forget);
      return opened;
    },
    async close() {
      (await opened)?.close();
      forget();
    },
  };
}

/** `onGone` is called when the connection can be used no longer; the next call opens another. */
async function open<S extends DBSchema>(
  name: string,
  make: (db: IDBPDatabase<S>) => void,
  onGone: () => void,
): Promise<IDBPDatabase<S>> {
  try {
    // Loaded when needed: Node never is in need of it.
    const { openDB } = await import('idb');
    return await openDB<S>(name, 1, {
      upgrade: make,
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
