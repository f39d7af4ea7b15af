// Remembers the last so many keys and forgets the oldest: against what comes twice, in bounded memory.

export interface Seen<V = true> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

export function createSeen<V = true>(most: number): Seen<V> {
  const kept = new Map<string, V>();
  return {
    get: key => kept.get(key),
    set(key, value) {
      kept.delete(key);
      kept.set(key, value);
      if (kept.size <= most) return;
      for (const oldest of kept.keys()) {
        kept.delete(oldest);
        return;
      }
    },
  };
}
