// Which sockets of this node are whose.

export interface SocketBook {
  connected(user: string, socket: string): void;
  disconnected(user: string, socket: string): void;
  of(user: string): readonly string[];
  /** Everybody with a socket here. */
  users(): readonly string[];
}

export function createSocketBook(): SocketBook {
  const sockets = new Map<string, Set<string>>();
  return {
    connected(user, socket) {
      const mine = sockets.get(user);
      if (mine) mine.add(socket);
      else sockets.set(user, new Set([socket]));
    },
    disconnected(user, socket) {
      const mine = sockets.get(user);
      if (mine?.delete(socket) && mine.size === 0) sockets.delete(user);
    },
    of: user => [...(sockets.get(user) ?? [])],
    users: () => [...sockets.keys()],
  };
}
