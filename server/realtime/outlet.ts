// The hub's way out to sockets of this node. A frame for many is encoded once.
import type { Outlet } from '../hub/ports.ts';
import type { Meters } from '../hub/ports-meters.ts';
import { isClogged } from './clogged.ts';
import type { HubServer } from './io.ts';

export function createOutlet(io: () => HubServer, meters: Meters): Outlet {
  /** Each socket is alone in the Socket.IO room of its id; `local` keeps adapters of other nodes out of it. */
  const to = (sockets: string | readonly string[]) => io().local.to(sockets as string | string[]);
  /** Socket.IO takes no rooms at all for all rooms. */
  const toAll = (sockets: readonly string[]) => (sockets.length > 0 ? to(sockets) : undefined);
  const clogged = (id: string) => {
    const socket = io().sockets.sockets.get(id);
    return socket !== undefined && isClogged(socket);
  };
  /** Signs of life are left out for those who cannot even keep up with messages. */
  const willing = (sockets: readonly string[]) => sockets.filter(socket => !clogged(socket));
  return {
    clogged,
    events(sockets, frame) {
      meters.frames += sockets.length;
      meters.deliveries += sockets.length * frame.events.length;
      to(sockets).emit('events', frame);
    },
    removed: (socket, push) => void to(socket).emit('room:removed', push),
    resync: (sockets, push) => void to(sockets).emit('resync', push),
    presence: (socket, changes) => void toAll(willing([socket]))?.emit('presence', { changes: [...changes] }),
    presenceCounts: (sockets, push) => void toAll(willing(sockets))?.emit('presence', push),
    typing: (sockets, push) => void toAll(willing(sockets))?.emit('typing', push),
    read: (sockets, push) => void toAll(willing(sockets))?.emit('read', push),
    fileProgress: (sockets, push) => void toAll(willing(sockets))?.emit('file:progress', push),
    summary: (sockets, { name, payload }) => void toAll(sockets)?.emit(name, payload as never),
    announcement: (sockets, { name, payload }) => void toAll(sockets)?.emit(name, payload as never),
    bot: (sockets, { name, payload }) => void toAll(sockets)?.emit(name, payload as never),
    reports: (sockets, push) => void toAll(sockets)?.emit('reports:changed', push),
    draft: (sockets, push) => void toAll(willing(sockets))?.emit('message:draft', push),
    end(id, push) {
      const socket = io().sockets.sockets.get(id);
      socket?.emit('session:end', push);
      socket?.disconnect(true);
    },
  };
}
