// Takes single acks out of a WebSocket on its way to the client: lost for good, or late, with all that follows them whole.

/** What becomes of an ack: lost, late by so many milliseconds, or (undefined) whole. */
export type Fate = 'lost' | number | undefined;

/** Socket.IO's answer to a message that was written: `43`, the call's number, and `[{"ok":true,"data":{"id":…`. */
const MESSAGE_ACK = /^43\d+\[\{"ok":true,"data":\{"id":/;
const HEADERS_END = '\r\n\r\n';
const TEXT = 1;
/** Bytes of a text that are looked at. */
const LOOK = 60;

/**
 * Cuts the server's bytes into frames (RFC 6455, 5.2; a server masks nothing).
 * @param fateOf is asked once for each ack of a message
 * @param later is handed a frame that comes so many milliseconds late
 * @returns what goes on to the client now: whole frames, and before the upgrade whatever comes
 */
export function createAckFaults(
  fateOf: () => Fate,
  later: (frame: Buffer, ms: number) => void,
): (chunk: Buffer) => Buffer[] {
  let waiting: Buffer = Buffer.alloc(0);
  let upgraded = false;

  const upgrade = (): Buffer[] => {
    const end = waiting.indexOf(HEADERS_END);
    if (end < 0) return [];
    const head = waiting.subarray(0, end + HEADERS_END.length);
    waiting = waiting.subarray(head.length);
    upgraded = true;
    return [head];
  };

  return chunk => {
    waiting = waiting.length > 0 ? Buffer.concat([waiting, chunk]) : chunk;
    const out = upgraded ? [] : upgrade();
    if (!upgraded) return out;
    for (let size = frameSize(waiting); size <= waiting.length; size = frameSize(waiting)) {
      const frame = waiting.subarray(0, size);
      waiting = waiting.subarray(size);
      const fate = isMessageAck(frame) ? fateOf() : undefined;
      if (fate === undefined) out.push(frame);
      else if (fate !== 'lost') later(frame, fate);
    }
    return out;
  };
}

const headerSize = (frame: Buffer): number => {
  const short = (frame[1] as number) & 0x7f;
  return short === 126 ? 4 : short === 127 ? 10 : 2;
};

/** Bytes of the first frame with its header; infinite while too few are there to tell. */
function frameSize(bytes: Buffer): number {
  if (bytes.length < 2 || bytes.length < headerSize(bytes)) return Number.POSITIVE_INFINITY;
  const header = headerSize(bytes);
  if (header === 2) return 2 + ((bytes[1] as number) & 0x7f);
  return header + (header === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)));
}

function isMessageAck(frame: Buffer): boolean {
  if (((frame[0] as number) & 0x0f) !== TEXT) return false;
  const from = headerSize(frame);
  return MESSAGE_ACK.test(frame.toString('latin1', from, from + LOOK));
}
