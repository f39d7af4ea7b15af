// What members have reported in the rooms that this person moderates, the newest first; asked for again when the hub says that it has changed.
import type { CallInput, Court, Report, User } from '../../js/index.ts';
import type { RoomList } from './room-list.ts';
import { createStore, type Store } from './store.ts';

export interface ReportsState {
  /** This person moderates something. */
  readonly mine: boolean;
  readonly open: number;
  /** Those that are open; the first page. */
  readonly reports: readonly Report[];
  readonly more: boolean;
  readonly error?: string;
}

export interface Reports extends Store<ReportsState> {
  refresh(): Promise<void>;
  /** @throws CallError */
  settle(wish: CallInput<'report:settle'>): Promise<void>;
  close(): void;
}

const PAGE = 50;
/** Milliseconds in which several news become one question. */
const GATHER = 300;

export function createReports(court: Court, rooms: RoomList, me: User): Reports {
  const store = createStore<ReportsState>({ mine: me.role === 'admin', open: 0, reports: [], more: false });
  let soon: ReturnType<typeof setTimeout> | undefined;

  const moderates = () =>
    me.role === 'admin' ||
    rooms.getSnapshot().rooms.some(({ info: { role } }) => role === 'owner' || role === 'moderator');

  const refresh = async () => {
    if (!moderates()) return store.set({ mine: false, open: 0, reports: [], more: false });
    try {
      const { reports, open, cursor } = await court.call('report:list', { state: 'open', limit: PAGE });
      store.set({ mine: true, reports, open, more: cursor !== undefined });
    } catch (error) {
      store.set({ ...store.getSnapshot(), mine: true, error: (error as Error).message });
    }
  };
  const look = () => {
    clearTimeout(soon);
    soon = setTimeout(() => void refresh(), GATHER);
  };

  const offs = [
    court.on('welcome', look),
    court.on('push', ({ name }) => {
      if (name === 'reports:changed') look();
    }),
    rooms.subscribe(() => {
      if (moderates() !== store.getSnapshot().mine) look();
    }),
  ];

  return {
    ...store,
    refresh,
    async settle(wish) {
      await court.call('report:settle', wish);
      await refresh();
    },
    close() {
      clearTimeout(soon);
      for (const off of offs) off();
    },
  };
}
