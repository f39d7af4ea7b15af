// A WebSocket spoken by hand, for what no honest client sends.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawSocket {
  readonly tcp: Socket;
  /** Milliseconds from the connection to its end. */
  readonly closed: Promise<number>;
}

/** A connection to the hub that has said nothing. */
export async function openTcp(url: string, from = '127.0.0.1'): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const tcp = connect({ host: hostname, port: Number(port), localAddress: from });
  // 'close' follows and is what is waited for.
  tcp.on('error', () => {});
  await once(tcp, 'connect');
  const began = performance.now();
  const closed = new Promise<number>(resolve => tcp.once('close', () => resolve(performance.now() - began)));
  return { tcp, closed };
}

/** One that speaks WebSocket, and has not said who it is. */
export async function openWebSocket(url: string, from?: string): Promise<RawSocket> {
  const raw = await openTcp(url, from);
  raw.tcp.write(
    [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      `Host: ${new URL(url).host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      '',
      '',
    ].join('\r\n'),
  );
  await Promise.race([once(raw.tcp, 'data'), raw.closed]);
  raw.tcp.resume();
  return raw;
}

const FINAL = 0x80;
const MASKED = 0x80;
const TEXT = 0x1;

/** One frame, masked with zeros, which leaves the payload as it is. */
export function frame(payload: string, { first = true, final = true } = {}): Buffer {
  const body = Buffer.from(payload);
  const head = [(final ? FINAL : 0) | (first ? TEXT : 0)];
  if (body.length < 126) head.push(MASKED | body.length);
  else if (body.length < 65_536) head.push(MASKED | 126, body.length >> 8, body.length & 255);
  else head.push(MASKED | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map(bits => (body.length >>> bits) & 255));
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), body]);
}
