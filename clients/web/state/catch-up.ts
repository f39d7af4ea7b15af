// What to say about the connection, calmly: nothing about a short break, what was missed after a longer one.
import type { ConnectionState, Court } from '../../js/index.ts';
import type { RoomList } from './room-list.ts';
import { createStore, type Store } from './store.ts';

export type CatchUpState =
  | { kind: 'none' }
  | { kind: 'connecting' }
  | { kind: 'reconnecting' }
  | { kind: 'offline' }
  | { kind: 'stopped'; message: string }
  /** `partial`: of some room only the newest messages could be had. */
  | { kind: 'caught-up'; count: number; partial: boolean };

export interface CatchUp extends Store<CatchUpState> {
  dismiss(): void;
  close(): void;
}

/** A break shorter than this is nobody's business. */
const PATIENCE_MS = 1_200;
/** Rooms catch up one after the other; when none has for this long, they are through. */
const SETTLED_MS = 800;
const SHOWN_MS = 10_000;

const NONE: CatchUpState = { kind: 'none' };

export function createCatchUp(court: Court, rooms: RoomList): CatchUp {
  const store = createStore<CatchUpState>(NONE);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasConnected = false;
  /** A break has begun that is not worth a word yet. */
  let patience = false;
  let missed = { count: 0, partial: false };

  const after = (ms: number, action: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  };

  const settle = () => {
    const { count, partial } = missed;
    missed = { count: 0, partial: false };
    if (count === 0 && !partial && store.getSnapshot().kind === 'none') return;
    store.set({ kind: 'caught-up', count, partial });
    after(SHOWN_MS, () => store.set(NONE));
  };

  const show = () => {
    patience = false;
    const next = describe(court.state, wasConnected);
    if (next.kind !== store.getSnapshot().kind) store.set(next);
  };

  const down = (state: ConnectionState) => {
    const stopped = state.status === 'disconnected' && state.reason === 'stopped';
    const shown = isDown(store.getSnapshot());
    if (stopped) {
      clearTimeout(timer);
      show();
    } else if (shown && state.status === 'disconnected') {
      show();
    } else if (!shown && !patience) {
      patience = true;
      store.set(NONE);
      after(PATIENCE_MS, show);
    }
  };

  const offState = court.on('state', state => {
    if (state.status !== 'connected') return down(state);
    patience = false;
    if (wasConnected) after(SETTLED_MS, settle);
    else {
      clearTimeout(timer);
      store.set(NONE);
    }
    wasConnected = true;
  });

  const offGap = rooms.onGap((room, { recovered, reason, from, to }) => {
    // Nobody was away: the connection lost a frame, and has it again.
    if (reason === 'hole' || reason === 'slow') return;
    const me = court.user?.id;
    const news = room.messages.filter(
      ({ seq, by, deletedAt }) => seq > from && seq <= to && by !== me && !deletedAt,
    );
    missed = { count: missed.count + (recovered ? news.length : 0), partial: missed.partial || !recovered };
    if (court.state.status === 'connected') after(SETTLED_MS, settle);
  });

  return {
    ...store,
    dismiss: () => store.set(NONE),
    close() {
      clearTimeout(timer);
      offState();
      offGap();
    },
  };
}

const isDown = ({ kind }: CatchUpState) => kind !== 'none' && kind !== 'caught-up';

function describe(state: ConnectionState, wasConnected: boolean): CatchUpState {
  if (state.status === 'connected') return NONE;
  if (state.status === 'disconnected') {
    if (state.reason === 'closed') return NONE;
    if (state.reason === 'offline') return { kind: 'offline' };
    if (state.reason === 'stopped')
      return { kind: 'stopped', message: state.error?.message ?? 'The hub ended the connection' };
  }
  return { kind: wasConnected ? 'reconnecting' : 'connecting' };
}
