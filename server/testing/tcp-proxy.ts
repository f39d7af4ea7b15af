// A TCP proxy between two real programs, to cut what runs through it.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Breaks every connection and refuses new ones, until `mend`. */
  cut(): void;
  mend(): void;
  /** The connections that are there pass nothing on any more, and are not closed either; new ones are as ever. Returns what lets them go on. */
  fallSilent(): () => void;
}

export async function openTcpProxy(
  target: { host: string; port: number } | { path: string },
): Promise<TcpProxy> {
  const open = new Map<Socket, Socket>();
  let whole = true;
  const server = createServer(near => {
    if (!whole) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.set(socket, other);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
      // 'close' follows and does the work.
      socket.on('error', () => {});
      socket.pipe(other);
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    whole = false;
    for (const socket of open.keys()) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend() {
      whole = true;
    },
    fallSilent() {
      const silent = new Map(open);
      for (const socket of silent.keys()) socket.unpipe().pause();
      return () => {
        for (const [socket, other] of silent) socket.pipe(other);
      };
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
