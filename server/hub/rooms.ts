// Rooms and who is in them: making, finding, joining, leaving, and what moderators do.
import { createHash } from 'node:crypto';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Message } from '#shared/protocol/models.ts';
import { limits } from '#shared/protocol/primitives.ts';
import { applyEvent } from '#shared/room-state.ts';
import { defined, draft } from './drafts.ts';
import { HubError, notFound, overloaded, unavailable } from './errors.ts';
import type { LogWriter } from './log-writer.ts';
import { isAdmin, mayOrThrow } from './policy.ts';
import type { Actor, OpenedRoom, RoomStore } from './ports.ts';
import type { PeopleStore } from './ports-people.ts';
import type { PresenceHub } from './presence.ts';
import type { Pressure } from './pressure.ts';
import type { RoomFeed } from './room-feed.ts';
import type { RoomFeeds } from './room-feeds.ts';

export type RoomHub = ReturnType<typeof createRooms>;

/** Ids of direct rooms that their people named none for; nobody else may take one. */
const DIRECT_ID = /^direct-[0-9a-f]{32}$/;
/** Entries from which on a join's recovery is backfill, and waits when the node is pressed. */
const MUCH = 100;

export function createRooms(deps: {
  store: RoomStore & Pick<PeopleStore, 'ensureUser'>;
  writer: LogWriter;
  feeds: RoomFeeds;
  presence: PresenceHub;
  pressure: Pressure;
  /** These are in a new room. */
  invited(room: string, users: readonly string[]): void;
}) {
  const { store, writer, feeds, presence, pressure, invited } = deps;

  const append = async (actor: Actor, wish: Parameters<typeof draft>[1]) => {
    const { seq } = await writer.append(draft(actor, wish));
    return { seq };
  };

  /** Makes the actor a member where the room allows it, and reads where it stands. */
  const enter = async (
    actor: Actor,
    room: string,
    after: ParsedInput<'room:join'>['after'],
  ): Promise<OpenedRoom> => {
    const opened = await store.openRoom(room, actor, after);
    if ('role' in opened) return opened;
    // An admin who is not in a private room is no exception: to read it they add themselves, and the log says so.
    if (opened.room.kind !== 'public') throw notFound('You are not in this room.');
    const wish = { room, type: 'member.joined', data: { user: actor.id, role: 'member' } } as const;
    try {
      await append(actor, wish);
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'not_found') throw error;
      // Written down when they connected, but a backup of before that was restored since.
      await store.ensureUser(actor);
      await append(actor, wish);
    }
    const entered = await store.openRoom(room, actor, after);
    if ('role' in entered) return entered;
    throw new HubError('forbidden', 'You were removed from this room.');
  };

  /** The answer to a join, made in the same turn in which the socket is subscribed; undefined when the feed has moved on too far. */
  const subscribe = (
    actor: Actor,
    socket: string,
    opened: OpenedRoom,
    feed: RoomFeed,
  ): CallData<'room:join'> | undefined => {
    const member = feed.members.get(actor.id);
    if (!member) throw new HubError('forbidden', 'You were removed from this room.');
    const missed = feed.attach(socket, actor.id, opened.room.head);
    if (!missed) return undefined;
    feeds.subscribed(socket, feed);
    const people = [...feed.members.values()];
    const there = presence.inRoom(feed);
    return {
      room: { ...opened.room, head: feed.applied },
      epoch: feed.epoch,
      head: feed.applied,
      role: member.role,
      readSeq: opened.readSeq,
      recovered: opened.recovered,
      events: opened.recovered && !opened.more ? [...opened.events, ...missed] : opened.events,
      more: opened.more,
      ...(opened.messages && { messages: continued(opened.messages, opened.room.id, missed) }),
      presence: there.length > limits.rosterUsers ? { count: there.length } : there,
      members: people.length > limits.rosterUsers ? { count: people.length } : people,
    };
  };

  return {
    async create(actor: Actor, input: ParsedInput<'room:create'>): Promise<CallData<'room:create'>> {
      mayOrThrow(actor, 'create rooms');
      const members = [...new Set(input.members)].filter(user => user !== actor.id);
      const { id, kind, title = 'Direct', topic } = input;
      if (id && DIRECT_ID.test(id)) throw new HubError('conflict', 'This id is reserved for direct rooms.');
      const named = id ?? (kind === 'direct' ? directId([actor.id, ...members]) : freshId(title));
      const room = await store.createRoom({
        room: { id: named, title, kind, ...(topic && { topic }) },
        by: actor.id,
        members,
        reuse: id === undefined && kind === 'direct',
      });
      invited(room.id, members);
      return { room };
    },

    list: (actor: Actor, { scope, cursor }: ParsedInput<'room:list'>): Promise<CallData<'room:list'>> =>
      store.listRooms(actor, scope, cursor),

    async join(
      actor: Actor,
      socket: string,
      { room, after }: ParsedInput<'room:join'>,
    ): Promise<CallData<'room:join'>> {
      const missed = after ? (feeds.get(room)?.applied ?? 0) - after.seq : 0;
      if (missed > MUCH && pressure.refuses('backfill')) throw overloaded();
      for (let attempt = 0; attempt < 5; attempt++) {
        const opened = await enter(actor, room, after);
        const feed = await feeds.open(room, opened.room);
        try {
          const joined = subscribe(actor, socket, opened, feed);
          if (joined) return joined;
        } finally {
          feeds.release(feed);
        }
      }
      throw unavailable('The room is too busy to join just now; try again.');
    },

    async leave(
      actor: Actor,
      socket: string,
      { room, forget }: ParsedInput<'room:leave'>,
    ): Promise<CallData<'room:leave'>> {
      const subscribed = feeds.get(room)?.hears(socket) ?? false;
      feeds.detach(socket, room);
      if (forget) await append(actor, { room, type: 'member.left', data: { user: actor.id } });
      else if (!subscribed) await store.openRoom(room, actor);
      return {};
    },

    async update(
      actor: Actor,
      { room, ...changes }: ParsedInput<'room:update'>,
    ): Promise<CallData<'room:update'>> {
      await append(actor, { room, type: 'room.updated', data: defined(changes) });
      return { room: (await store.openRoom(room, actor)).room };
    },

    add: (actor: Actor, { room, user, role }: ParsedInput<'member:add'>) =>
      append(actor, { room, type: 'member.joined', data: { user, role } }),
    remove: (actor: Actor, { room, user, ban }: ParsedInput<'member:remove'>) =>
      append(actor, { room, type: 'member.removed', data: { user, ...(ban && { ban: defined(ban) }) } }),
    role: (actor: Actor, { room, user, role }: ParsedInput<'member:role'>) =>
      append(actor, { room, type: 'member.role', data: { user, role } }),
    mute: (actor: Actor, { room, user, until }: ParsedInput<'member:mute'>) =>
      append(actor, { room, type: 'member.muted', data: { user, ...(until !== undefined && { until }) } }),

    /** Those of a room the actor is in, or of people the actor shares a room with. */
    async presence(
      actor: Actor,
      { room, users }: ParsedInput<'presence:get'>,
    ): Promise<CallData<'presence:get'>> {
      if (users) {
        const known = isAdmin(actor) ? users : await store.roomMates(actor.id, users);
        return { presence: known.map(user => presence.get(user)) };
      }
      const opened = await store.openRoom(room as string, actor);
      if (!('role' in opened)) throw new HubError('forbidden', 'Join the room first.');
      const feed = await feeds.open(opened.room.id, opened.room);
      try {
        return { presence: presence.inRoom(feed) };
      } finally {
        feeds.release(feed);
      }
    },
    async users(actor: Actor, { users }: ParsedInput<'user:get'>): Promise<CallData<'user:get'>> {
      return { users: await store.knownUsers(actor.id, users) };
    },
  };
}

/** The newest page as it is after the entries that came while it was read. */
function continued(messages: Message[], room: string, missed: readonly LogEvent[]): Message[] {
  if (missed.length === 0) return messages;
  const state = new Map(messages.map(message => [message.id, message]));
  for (const event of missed) applyEvent(state, room, event);
  return [...state.values()];
}

/** The same people always get the same room. */
function directId(users: string[]): string {
  const people = [...new Set(users)].sort();
  return `direct-${createHash('sha256').update(JSON.stringify(people)).digest('hex').slice(0, 32)}`;
}

function freshId(title: string): string {
  const slug = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${slug || 'room'}-${crypto.randomUUID().slice(0, 8)}`;
}
