// One connection to PostgreSQL, used until it breaks and then thrown away. The driver would reconnect by itself, but carries an
// unfinished write and an old error over into the new connection; a fresh instance for each has nothing to carry.
import net from 'node:net';
import postgres from 'postgres';

export interface Link {
  readonly sql: postgres.Sql;
  /** False once the connection broke or was cut. */
  readonly alive: boolean;
  /** Closes it at once; what runs on it fails as broken off. */
  cut(): void;
}

/**
 * Connects with the first statement.
 * @param onDead called once, when the connection is no longer of use
 */
export function createLink(
  url: string,
  options: postgres.Options<Record<string, never>>,
  onDead: () => void,
): Link {
  let socket: net.Socket | undefined;
  let alive = true;
  let attempts = 0;
  const sql = postgres(url, {
    ...options,
    max: 1,
    max_lifetime: null,
    onclose: cut,
    // Not in the driver's types: with a socket of our own we can close it although the other end has fallen silent.
    socket({ host, port }: { host: string[]; port: number[] }) {
      const next = attempts++ % host.length;
      const target = { host: host[next] ?? 'localhost', port: port[next] ?? 5432 };
      socket = Object.assign(net.connect(target), target);
      socket.once('end', hungUp);
      return socket;
    },
  } as postgres.Options<Record<string, never>>) as postgres.Sql;

  /** The driver reconnects without end or pause when a server hangs up before its first byte; an error ends that. */
  function hungUp(this: net.Socket): void {
    if (this.bytesRead === 0) this.destroy(new Error('the server closed the connection before answering'));
  }

  function cut(): void {
    if (!alive) return;
    alive = false;
    onDead();
    void sql.end({ timeout: 0 }).finally(() => socket?.destroy());
  }

  return {
    sql,
    get alive() {
      return alive;
    },
    cut,
  };
}
