// The announcements that this person has still to see: each once, the gravest first, gone when they are answered here or elsewhere, or over.
import type { Announcement, Court } from '../../js/index.ts';
import { createStore, type Store } from './store.ts';

export interface Notice {
  readonly announcement: Announcement;
  /** A grave one that was put aside for now; a reminder brings it back. */
  readonly aside: boolean;
  /** Why the hub did not take the answer. */
  readonly error?: string;
}

export interface Announcements extends Store<readonly Notice[]> {
  /** Acknowledges it, or, where that is not asked for, takes note of it. */
  answer(id: string): Promise<void>;
  putAside(id: string): void;
  close(): void;
}

const GRAVITY = { critical: 0, warning: 1, info: 2 } as const;
/** The longest that a timer waits. */
const LONGEST = 2 ** 31 - 1;

export function createAnnouncements(court: Court): Announcements {
  const store = createStore<readonly Notice[]>([]);
  let ending: ReturnType<typeof setTimeout> | undefined;

  const set = (notices: readonly Notice[]) => {
    const running = notices.filter(({ announcement: { until } }) => !until || Date.parse(until) > Date.now());
    store.set(
      running.toSorted(
        ({ announcement: a }, { announcement: b }) =>
          GRAVITY[a.level] - GRAVITY[b.level] || b.at.localeCompare(a.at) || a.id.localeCompare(b.id),
      ),
    );
    clearTimeout(ending);
    const ends = running.flatMap(({ announcement: { until } }) => (until ? [Date.parse(until)] : []));
    const wait = Math.min(...ends) - Date.now();
    if (ends.length > 0)
      ending = setTimeout(() => set(store.getSnapshot()), Math.min(Math.max(wait, 0) + 50, LONGEST));
  };
  const change = (id: string, more: Partial<Notice>) =>
    set(store.getSnapshot().map(notice => (notice.announcement.id === id ? { ...notice, ...more } : notice)));
  const remove = (id: string) =>
    set(store.getSnapshot().filter(({ announcement }) => announcement.id !== id));

  const offs = [
    court.on('welcome', ({ announcements }) => {
      const before = store.getSnapshot();
      const aside = (id: string) => before.find(({ announcement }) => announcement.id === id)?.aside ?? false;
      set(announcements.map(announcement => ({ announcement, aside: aside(announcement.id) })));
    }),
    court.on('push', ({ name, payload }) => {
      if (name === 'announcement') {
        const others = store.getSnapshot().filter(({ announcement }) => announcement.id !== payload.id);
        set([...others, { announcement: payload, aside: false }]);
      } else if (name === 'announcement:gone') remove(payload.id);
    }),
  ];

  return {
    ...store,
    async answer(id) {
      const notice = store.getSnapshot().find(({ announcement }) => announcement.id === id);
      if (!notice) return;
      try {
        await court.call(notice.announcement.requireAck ? 'announce:ack' : 'announce:dismiss', { id });
        remove(id);
      } catch (error) {
        change(id, { error: (error as Error).message });
      }
    },
    putAside: id => change(id, { aside: true }),
    close() {
      clearTimeout(ending);
      for (const off of offs) off();
    },
  };
}
