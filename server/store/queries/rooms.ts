// Rooms and their logs through the SQL functions: the RoomStore of every driver.
import type { Actor, Page, RoomStore } from '../../hub/ports.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

/** Entries in one page of recovery; `events:read` has the rest. */
const RECOVERY_PAGE = 500;
/** A reader further behind starts from the newest page instead. */
const RECOVERY_REACH = 10_000;
const NEWEST_MESSAGES = 50;
const GAP_PAGE = 1000;
const ROOM_LIST_PAGE = 200;

export function createRoomStore(db: Db): RoomStore {
  const call = refusingCall(db);
  const reader = (actor: Actor) => ({ user: actor.id, admin: actor.role === 'admin' });

  return {
    append: async drafts => (await call<{ results: never }>('append_events', { drafts })).results,
    createRoom: async room => (await call<{ room: never }>('create_room', room)).room,
    openRoom: (room, actor, after) =>
      call('open_room', {
        room,
        ...reader(actor),
        after,
        page: RECOVERY_PAGE,
        reach: RECOVERY_REACH,
        messages: NEWEST_MESSAGES,
      }),
    listRooms: (actor, scope, cursor) =>
      call('list_rooms', { user: actor.id, scope, cursor, limit: ROOM_LIST_PAGE }),
    async readEvents(room, actor, after, limit) {
      const { events, ...place } = await call<Place & { events: Page<'events'>['items'] }>('read_events', {
        room,
        ...reader(actor),
        after,
        limit,
      });
      return { ...place, items: events };
    },
    async readMessages(room, actor, range) {
      const { messages, ...place } = await call<Place & { messages: Page<'messages'>['items'] }>(
        'read_messages',
        {
          room,
          ...reader(actor),
          ...range,
        },
      );
      return { ...place, items: messages };
    },
    markRead: async marks => (await call<{ results: never }>('mark_read', { marks })).results,
    knownUsers: async (viewer, users) =>
      (await call<{ users: never }>('known_users', { viewer, users })).users,
    roomMates: async (viewer, users) =>
      (await call<{ users: string[] }>('room_mates', { viewer, users })).users,
    openFeed: room => call('open_feed', { room }),
    async feedEvents(room, after) {
      const page = await call<(Place & { events: Page<'events'>['items'] }) | null>('feed_events', {
        room,
        after,
        page: GAP_PAGE,
      });
      return page && { head: page.head, epoch: page.epoch, items: page.events };
    },
    heads: rooms => call('room_heads', { rooms }),
  };
}

interface Place {
  head: number;
  epoch: string;
}
