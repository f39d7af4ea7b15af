// What stands before the hubs in production: asks each for /readyz, and gives a new connection to one that can serve. Connections that
// stand are left where they are.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Between two looks at a hub, in milliseconds. */
const LOOK = 100;

export interface Health extends AsyncDisposable {
  ready(port: number): boolean;
}

export function watchHealth(ports: readonly number[]): Health {
  const good = new Set<number>();
  const closing = new AbortController();
  const watch = async (port: number) => {
    while (!closing.signal.aborted) {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(1000)]);
      const isReady = await fetch(`http://127.0.0.1:${port}/readyz`, { signal }).then(
        async answer => {
          await answer.arrayBuffer();
          return answer.ok;
        },
        () => false,
      );
      if (isReady) good.add(port);
      else good.delete(port);
      await delay(LOOK, undefined, { signal: closing.signal }).catch(() => {});
    }
  };
  const watches = ports.map(watch);
  return {
    ready: port => good.has(port),
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.all(watches);
    },
  };
}

export interface Door extends AsyncDisposable {
  readonly url: string;
  /** Port of the hub that the last connection went to. */
  readonly hub: number | undefined;
}

/** @param apart the hub to stay away from, if there is another one */
export async function openDoor(
  ports: readonly number[],
  health: Health,
  apart: () => number | undefined,
): Promise<Door> {
  const open = new Set<Socket>();
  let hub: number | undefined;
  const server = createServer({ noDelay: true }, near => {
    const ready = ports.filter(port => health.ready(port));
    const chosen = ready.find(port => port !== apart()) ?? ready[0];
    near.on('error', () => near.destroy());
    if (chosen === undefined) return void near.destroy();
    hub = chosen;
    const far = connect({ host: '127.0.0.1', port: chosen, noDelay: true });
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get hub() {
      return hub;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of open) socket.destroy();
      if (open.size > 0 || server.listening) await once(server, 'close');
    },
  };
}
