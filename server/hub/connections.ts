// The open sockets of this node, each with whose it is and where it comes from.
import type { OpenSocket } from '#shared/protocol/admin.ts';
import { storable } from '#shared/protocol/primitives.ts';
import type { OrderBody } from './ports-admin.ts';
import type { RoomFeeds } from './room-feeds.ts';
import type { SignedIn } from './sessions.ts';

/** What the door knows of a socket. */
export interface About {
  readonly address: string;
  /** As the client says it, up to a hundred characters each. */
  readonly client?: string | undefined;
  readonly device?: string | undefined;
  /** When it began to come in, before anything about it was asked: `performance.now()`. */
  readonly began: number;
}

export interface Connection extends About {
  readonly socket: string;
  readonly actor: SignedIn;
  /** When its token was last proved, or a moment before. */
  readonly proved: number;
}

type Which = Extract<OrderBody, { kind: 'sessions' }>['body'];

/** Rooms of one socket that are told. */
const ROOMS = 200;

export type Connections = ReturnType<typeof createConnections>;

export function createConnections(deps: { feeds: Pick<RoomFeeds, 'heardBy'>; node: string; now(): number }) {
  const { feeds, node, now } = deps;
  const open = new Map<string, Connection>();

  const told = ({ socket, actor, client, device, address, began }: Connection): OpenSocket => ({
    socket,
    user: actor.id,
    name: actor.name,
    role: actor.role,
    ...(actor.session !== undefined && storable(actor.session) && { session: actor.session }),
    ...(client !== undefined && { client }),
    ...(device !== undefined && { device }),
    address,
    node,
    since: new Date(now() - (performance.now() - began)).toISOString(),
    rooms: feeds
      .heardBy(socket)
      .map(feed => feed.room)
      .sort()
      .slice(0, ROOMS),
  });

  return {
    connected(actor: SignedIn, socket: string, about: About): void {
      open.set(socket, { ...about, socket, actor, proved: about.began });
    },
    /** It showed another token of the same person, which was begun to be proved then. */
    refreshed(actor: SignedIn, socket: string, proved: number): void {
      const known = open.get(socket);
      if (known) open.set(socket, { ...known, actor, proved });
    },
    disconnected(socket: string): void {
      open.delete(socket);
    },
    all: (): Iterable<Connection> => open.values(),
    get size(): number {
      return open.size;
    },

    /** The first of those asked for, by the socket's id, and one more when there are more. */
    page({ user, room, node: where, address, cursor = '', limit }: Which): OpenSocket[] {
      if (where !== undefined && where !== node) return [];
      const follows = (socket: string) => feeds.heardBy(socket).some(feed => feed.room === room);
      return [...open.values()]
        .filter(
          one =>
            one.socket > cursor &&
            (user === undefined || one.actor.id === user) &&
            (address === undefined || one.address === address) &&
            (room === undefined || follows(one.socket)),
        )
        .sort((a, b) => (a.socket < b.socket ? -1 : 1))
        .slice(0, limit + 1)
        .map(told);
    },
  };
}
