// The hub's way out to sockets of this node. A frame for many is encoded once.
import type { Outlet } from '../hub/ports.ts';
import type { HubServer } from './io.ts';

export function createOutlet(io: () => HubServer): Outlet {
  /** Each socket is alone in the Socket.IO room of its id; `local` keeps adapters of other nodes out of it. */
  const to = (sockets: string | readonly string[]) => io().local.to(sockets as string | string[]);
  return {
    events: (sockets, frame) => void to(sockets).emit('events', frame),
    removed: (socket, push) => void to(socket).emit('room:removed', push),
    resync: (sockets, push) => void to(sockets).emit('resync', push),
    presence: (socket, changes) => void to(socket).emit('presence', { changes: [...changes] }),
    presenceCounts: (sockets, push) => void to(sockets).emit('presence', push),
    typing: (sockets, push) => sockets.length > 0 && void to(sockets).volatile.emit('typing', push),
    read: (sockets, push) => sockets.length > 0 && void to(sockets).emit('read', push),
  };
}
