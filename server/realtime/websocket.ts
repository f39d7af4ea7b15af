// The WebSocket below Socket.IO, where its own bounds are too wide for strangers: pieces of a packet, and what follows a goodbye.
import type { Server } from 'socket.io';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

/** Frames that one packet may come in. A packet has 64 KiB at most, and honest programs send it whole, or in pieces of some KiB. */
const MAX_FRAGMENTS = 64;
/** Reads that one frame may be spread over: 64 KiB in the smallest segments that networks make are about 120. */
const MAX_CHUNKS = 1024;
/** Milliseconds that a peer has to take what is still under way and to answer the goodbye. */
const GOODBYE = 5000;

/** For Socket.IO's `wsEngine`. */
export class FrugalWebSocketServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    // The last one is missing in the types.
    const bounds = { maxFragments: MAX_FRAGMENTS, maxBufferedChunks: MAX_CHUNKS, closeTimeout: GOODBYE };
    super({ ...options, ...bounds });
  }
}

/** The parts of Engine.IO that its types keep to themselves. */
interface Connection {
  readonly transport: { readonly socket?: WebSocket };
  once(event: 'close', listener: () => void): void;
}

/** Who never signed in is not waited for: a stranger may leave the goodbye unanswered (attack 3). */
export function cutStrangers(io: Server, isKnown: (connection: unknown) => boolean): void {
  io.engine.on('connection', (connection: Connection) => {
    connection.once('close', () => {
      if (!isKnown(connection)) connection.transport.socket?.terminate();
    });
  });
}
