// The rooms one is in, with what is unread in each, kept up to date: every room is followed, and the list is asked for again when the hub says
// that one was added to a room, and now and then, since that is only a hint.
import type { CallInput, Court, Gap, ListedRoom, Off, Room } from '../../js/index.ts';
import type { People } from './people.ts';
import type { Keep } from './storage.ts';
import { createStore, type Store } from './store.ts';
import { countUnread } from './unread.ts';

export interface RoomEntry {
  readonly info: ListedRoom;
  /** For direct rooms the names of the others. */
  readonly title: string;
  readonly unread: number;
  readonly mentions: number;
}

export interface RoomListState {
  readonly rooms: readonly RoomEntry[];
  /** The hub has answered at least once on this page; until then the list is the one kept from last time. */
  readonly loaded: boolean;
  /** Something the person should know, e.g. that they were removed. */
  readonly notice?: string;
}

export interface RoomList extends Store<RoomListState> {
  refresh(): Promise<void>;
  /** Goes into a public room. */
  join(id: string): Promise<void>;
  /** Gives back the id. */
  create(room: CallInput<'room:create'>): Promise<string>;
  /** Ends one's membership. */
  leave(id: string): Promise<void>;
  dismiss(): void;
  onGap(listener: (room: Room, gap: Gap) => void): Off;
  close(): void;
}

const REFRESH_MS = 30_000;
/** More rooms than this are not followed live; their counts come with each refresh. */
const FOLLOWED = 100;
const KEPT = 200;

interface Config {
  court: Court;
  people: People;
  keep: Keep;
  me: string;
}

export function createRoomList({ court, people, keep, me }: Config): RoomList {
  const kept = keep.read<ListedRoom[]>(`${me}.rooms`) ?? [];
  const listed = new Map(kept.map(room => [room.id, room]));
  const followed = new Map<string, Off[]>();
  const gapListeners = new Set<(room: Room, gap: Gap) => void>();
  const store = createStore<RoomListState>({ rooms: [], loaded: false });
  let scheduled = false;

  const titleOf = (info: ListedRoom): string => {
    if (info.kind !== 'direct') return info.title;
    const others = info.with ?? court.room(info.id).snapshot.members?.filter(({ user }) => user !== me);
    return others?.map(({ name }) => name).join(', ') || info.title;
  };

  const entryOf = (listing: ListedRoom): RoomEntry => {
    const { snapshot } = court.room(listing.id);
    const info = { ...listing, ...snapshot.info };
    return { info, title: titleOf(info), ...countUnread(listing, snapshot) };
  };

  const publish = (more: Partial<RoomListState> = {}) => {
    const rooms = [...listed.values()].map(entryOf).sort((a, b) => a.title.localeCompare(b.title));
    store.set({ ...store.getSnapshot(), rooms, ...more });
  };

  /** Frames come in bursts; one pass for all of them will do. */
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      publish();
    });
  };

  const drop = (id: string, notice?: string | undefined) => {
    for (const off of followed.get(id) ?? []) off();
    followed.delete(id);
    listed.delete(id);
    publish(notice ? { notice } : {});
  };

  const follow = async (id: string): Promise<void> => {
    const room = court.room(id);
    if (!followed.has(id)) {
      followed.set(id, [
        room.subscribe(schedule),
        room.on('change', () => people.learn(room.snapshot.members ?? [])),
        room.on('gap', gap => {
          for (const listener of gapListeners) listener(room, gap);
        }),
        room.on('removed', () => {
          const listing = listed.get(id);
          drop(id, listing && `You are no longer in ${entryOf(listing).title}.`);
        }),
      ]);
    }
    const { status } = room.snapshot;
    if (status === 'idle' || status === 'removed') await room.join();
    people.learn(room.snapshot.members ?? []);
  };

  /** One after the other, so that a long list does not use up what the hub allows a connection in a second. */
  const followAll = async () => {
    for (const id of [...listed.keys()].slice(0, FOLLOWED)) {
      // One that cannot be followed now keeps its place, and is tried again with the next refresh.
      if (listed.has(id)) await follow(id).catch(() => undefined);
    }
  };

  const refresh = async () => {
    const rooms = await court.rooms('mine');
    const mine = new Set(rooms.map(({ id }) => id));
    for (const id of [...listed.keys()]) if (!mine.has(id)) drop(id);
    for (const room of rooms) {
      listed.set(room.id, room);
      people.learn(room.with ?? []);
    }
    keep.write(`${me}.rooms`, rooms.slice(0, KEPT));
    publish({ loaded: true });
    void followAll();
  };

  // The next turn of the timer, or the next connection, tries again.
  const refreshQuietly = () => void refresh().catch(() => undefined);
  const whenShown = () => {
    if (document.visibilityState === 'visible' && court.state.status === 'connected') refreshQuietly();
  };
  const timer = setInterval(whenShown, REFRESH_MS);
  document.addEventListener('visibilitychange', whenShown);
  const offs = [
    court.on('welcome', refreshQuietly),
    court.on('push', ({ name }) => name === 'room:added' && refreshQuietly()),
  ];
  publish();

  return {
    ...store,
    refresh,
    async join(id) {
      try {
        await follow(id);
      } catch (error) {
        drop(id);
        throw error;
      }
      await refresh();
    },
    async create(input) {
      const { room } = await court.call('room:create', input);
      listed.set(room.id, { ...listed.get(room.id), ...room });
      await refresh();
      return room.id;
    },
    async leave(id) {
      await court.room(id).leave({ forget: true });
      drop(id);
    },
    dismiss() {
      const { notice: _, ...state } = store.getSnapshot();
      store.set(state);
    },
    onGap(listener) {
      gapListeners.add(listener);
      return () => void gapListeners.delete(listener);
    },
    close() {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', whenShown);
      for (const off of [...offs, ...[...followed.values()].flat()]) off();
    },
  };
}
