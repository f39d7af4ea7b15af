// What the browser keeps for us, as JSON under one prefix. A browser that refuses to keep anything only costs comfort, never function.

export interface Keep {
  read<T>(key: string): T | undefined;
  /** `undefined` forgets it. */
  write(key: string, value: unknown): void;
  /** Forgets everything whose key begins with this. */
  clear(prefix: string): void;
}

const PREFIX = 'court.';

/** @param area asked for late, since in some privacy modes the mere access throws */
export function createKeep(area: () => Storage): Keep {
  const attempt = <T>(action: (storage: Storage) => T): T | undefined => {
    try {
      return action(area());
    } catch {
      // Blocked, full, or not JSON of ours: as good as not there.
      return undefined;
    }
  };
  return {
    read: <T>(key: string) =>
      attempt(storage => JSON.parse(storage.getItem(PREFIX + key) ?? 'null') as T | null) ?? undefined,
    write(key, value) {
      attempt(storage =>
        value === undefined
          ? storage.removeItem(PREFIX + key)
          : storage.setItem(PREFIX + key, JSON.stringify(value)),
      );
    },
    clear(prefix) {
      attempt(storage => {
        const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '');
        for (const key of keys) if (key.startsWith(PREFIX + prefix)) storage.removeItem(key);
      });
    },
  };
}
