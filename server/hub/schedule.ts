// Who is to be looked at again, and when: the cost is that of what is due, whatever waits beside it.

export interface Schedule {
  /** At `ms`, to the second; an earlier time that stands already is kept. */
  at(key: string, ms: number): void;
  /** Those whose time has come, each once. */
  due(now: number): Iterable<string>;
}

const STEP = 1000;

export function createSchedule(): Schedule {
  const slots = new Map<number, Set<string>>();
  const slotOf = new Map<string, number>();
  /** The last slot that was emptied. */
  let past = Number.NEGATIVE_INFINITY;
  return {
    at(key, ms) {
      const slot = Math.max(Math.ceil(ms / STEP), past + 1);
      const standing = slotOf.get(key);
      if (standing !== undefined && standing <= slot) return;
      if (standing !== undefined) slots.get(standing)?.delete(key);
      slotOf.set(key, slot);
      const keys = slots.get(slot);
      if (keys) keys.add(key);
      else slots.set(slot, new Set([key]));
    },
    due(now) {
      const present = Math.floor(now / STEP);
      const due: string[] = [];
      for (const slot of slots.keys()) {
        // There are as many slots as seconds ahead, no more. When the clock was set back, everybody is looked at once.
        if (slot > present && present >= past) continue;
        for (const key of slots.get(slot) ?? []) {
          slotOf.delete(key);
          due.push(key);
        }
        slots.delete(slot);
      }
      past = present;
      return due;
    },
  };
}
