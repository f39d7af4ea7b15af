// When a reader is too slow: what Engine.IO and the WebSocket below it have not handed to the kernel yet.
import type { HubSocket } from './io.ts';

/** What may wait for one socket before it is told to catch up by itself (guarantees, "Overload"). */
const MAX_BYTES = 1024 * 1024;
const MAX_FRAMES = 500;
/** Below this many frames their bytes are not looked at: it is done for each socket at each frame. */
const FEW_FRAMES = 8;

/** The parts of Engine.IO's connection that its types keep to themselves. */
interface Waiting {
  readonly writeBuffer: readonly { readonly data?: unknown }[];
  readonly transport: { readonly socket?: { readonly bufferedAmount?: number } };
}

export function isClogged(socket: HubSocket): boolean {
  const { writeBuffer, transport } = socket.conn as unknown as Waiting;
  if (writeBuffer.length > MAX_FRAMES) return true;
  let bytes = transport.socket?.bufferedAmount ?? 0;
  if (writeBuffer.length > FEW_FRAMES) {
    for (const { data } of writeBuffer) {
      if (typeof data === 'string') bytes += data.length;
      if (bytes > MAX_BYTES) return true;
    }
  }
  return bytes > MAX_BYTES;
}
