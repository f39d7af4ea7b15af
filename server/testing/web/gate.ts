// A gate between a browser and a hub that can be shut for sockets alone: pages still load, and nothing live comes through.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Gate extends AsyncDisposable {
  readonly url: string;
  /** Ends all sockets and lets no new one in, until `open`. */
  shut(): void;
  open(): void;
}

const SOCKET = /^GET \/socket\.io/;

export async function openGate(hub: string): Promise<Gate> {
  const { hostname, port } = new URL(hub);
  const all = new Set<Socket>();
  const live = new Set<Socket>();
  let isShut = false;

  const server = createServer(near => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      all.add(socket);
      // 'close' follows and does the work.
      socket.on('error', () => {});
      socket.on('close', () => {
        all.delete(socket);
        live.delete(socket);
        other.destroy();
      });
    }
    near.on('data', chunk => {
      // A browser begins each request with a chunk of its own.
      if (!SOCKET.test(chunk.toString('latin1', 0, 20))) return;
      if (isShut) near.resetAndDestroy();
      else live.add(near);
    });
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shut() {
      isShut = true;
      for (const socket of live) socket.resetAndDestroy();
    },
    open() {
      isShut = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of all) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
