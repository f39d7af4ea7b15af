// ClamAV's clamd on loopback or a socket file: PING, VERSION and INSTREAM as clamd speaks them, a signature of the EICAR test file and any
// others that are wanted, and faults.
import { once } from 'node:events';
import net from 'node:net';

export type ClamdFault =
  /** Says nothing more, and keeps the connection. */
  | 'mute'
  /** Closes the connection in the middle of a stream. */
  | 'cut'
  /** Answers what no clamd does. */
  | 'garbage'
  /** Answers without end. */
  | 'babble'
  /** Is not able to scan just now. */
  | 'error';

export interface ClamdSimulator extends AsyncDisposable {
  /** For CLAMAV_URL. */
  readonly url: string;
  /** The fault that the next connections meet; undefined: none. */
  fault: ClamdFault | undefined;
  /** Ms before a verdict. */
  slowness: number;
  /** StreamMaxLength of clamd, in bytes. */
  maxLength: number;
  /** Names by what is looked for in a stream. */
  readonly signatures: Map<string, string>;
  /** Streams that were scanned to their end. */
  readonly scanned: number;
  /** Connections that are open. */
  readonly open: number;
}

/** The harmless file that every scanner takes for a virus; in two parts, so that none takes this file for one. */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

/** @param listen a port of loopback, 0 for any free one, or the path of a socket file */
export async function openClamdSimulator(listen: number | string = 0): Promise<ClamdSimulator> {
  const sockets = new Set<net.Socket>();
  let scanned = 0;

  const serve = async (socket: net.Socket): Promise<void> => {
    const bytes = createReader(socket);
    const command = (await bytes.until(0)).replace(/^z/, '');
    // As clamd does it: the connection is closed, whatever is still on its way to it. One turn of the loop later, as both may share it.
    const say = (answer: string) => {
      socket.write(`${answer}\0`, () => setTimeout(() => socket.destroy(), 5));
    };
    const { fault } = simulator;
    if (fault === 'mute') return bytes.skip();
    if (fault === 'garbage') return say('\x16\x03\x01HTTP/1.1 400');
    if (fault === 'babble') {
      socket.write('x'.repeat(100_000));
      return bytes.skip();
    }
    if (command === 'PING') return say('PONG');
    if (command === 'VERSION') return say('ClamAV 1.4.6/27000/Mon Jan  5 09:00:00 2026');
    if (command !== 'INSTREAM') return say('UNKNOWN COMMAND');
    const stream: Buffer[] = [];
    let length = 0;
    for (;;) {
      const size = (await bytes.take(4)).readUInt32BE();
      if (size === 0) break;
      length += size;
      if (length > simulator.maxLength) return say('INSTREAM size limit exceeded. ERROR');
      stream.push(await bytes.take(size));
      if (fault === 'cut') throw new Error('cut');
    }
    if (fault === 'error') return say("stream: Can't allocate memory ERROR");
    if (simulator.slowness > 0) await new Promise(resolve => setTimeout(resolve, simulator.slowness));
    scanned++;
    const text = Buffer.concat(stream).toString('latin1');
    const found = [...simulator.signatures].find(([mark]) => text.includes(mark));
    say(found ? `stream: ${found[1]} FOUND` : 'stream: OK');
  };

  const server = net.createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    serve(socket).catch(() => socket.destroy());
  });
  server.listen(typeof listen === 'string' ? { path: listen } : { host: '127.0.0.1', port: listen });
  await once(server, 'listening');
  const address = server.address();

  const simulator: ClamdSimulator = {
    url: typeof address === 'string' ? `unix:${address}` : `tcp://127.0.0.1:${address?.port}`,
    fault: undefined,
    slowness: 0,
    maxLength: 100 * 1024 * 1024,
    signatures: new Map([[EICAR, 'Eicar-Test-Signature']]),
    get scanned() {
      return scanned;
    },
    get open() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return simulator;
}

/** Bytes of a connection by number, or up to one of them. Rejects when it ends before. */
function createReader(socket: net.Socket) {
  const pieces = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  const more = async () => {
    const { done, value } = await pieces.next();
    if (done) throw new Error('the connection ended');
    rest = Buffer.concat([rest, value]);
  };
  const take = async (count: number): Promise<Buffer> => {
    while (rest.length < count) await more();
    const taken = rest.subarray(0, count);
    rest = rest.subarray(count);
    return taken;
  };
  return {
    take,
    /** Until the other side has gone. */
    async skip(): Promise<void> {
      for (;;) {
        await more();
        rest = Buffer.alloc(0);
      }
    },
    async until(byte: number): Promise<string> {
      while (!rest.includes(byte)) await more();
      const taken = await take(rest.indexOf(byte) + 1);
      return taken.subarray(0, -1).toString('latin1');
    },
  };
}
