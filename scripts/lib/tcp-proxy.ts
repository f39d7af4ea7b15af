// A TCP proxy in front of a server, which breaks what runs through it in the ways that networks do. Every fault tells what it did.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createAckFaults, type Fate } from './ack-faults.ts';

/** Chooses by chance, where a fault strikes one of many. */
interface Chooser {
  pick<T>(items: readonly T[]): T;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** Bytes held back while the pair is stopped. */
  held: number;
  stopped: { up: boolean; down: boolean };
  /** Bytes a second from the server to the client. */
  pace?: number;
  /** What waits to be passed on, in each direction. */
  up: Buffer[];
  down: Buffer[];
  cutReply: boolean;
}

export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
  /** Breaks every connection and lets none in, until `mend`. Returns how many it broke. */
  cut(): number;
  mend(): void;
  /** The connections that are there pass nothing on any more, and are not closed either; new ones are as ever. Returns what lets them go on. */
  fallSilent(): () => void;
  /** Resets so many connections. Returns how many there were. */
  reset(count: number, chooser: Chooser): number;
  /** One connection falls silent both ways for so long, and is then reset. Returns the bytes it swallowed; undefined: there was none. */
  halfOpen(ms: number, chooser: Chooser): Promise<number | undefined>;
  /** One client stops reading for so long. Returns the bytes that waited. */
  pauseReader(ms: number, chooser: Chooser): Promise<number | undefined>;
  /** One client reads at so many bytes a second for so long. Returns what it was given meanwhile. */
  slowReader(bytesPerSecond: number, ms: number, chooser: Chooser): Promise<number | undefined>;
  /** Everything stands still for so long. Returns the bytes that waited. */
  stall(ms: number): Promise<number>;
  /** Nothing gets through and nothing is let in for so long. Returns how many connections were broken. */
  partition(ms: number): Promise<number>;
  /** The next request that holds `mark` is passed on, and its connection broken before the answer. Resolves true when that happened. */
  cutReplyTo(mark: string, patience: number): Promise<boolean>;
}

/** @param ackFate of each ack of a message that runs through, when these are WebSockets */
export async function openProxy(
  target: { host: string; port: number } | { path: string },
  ackFate?: () => Fate,
): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const cuts: { mark: string; done(cut: boolean): void }[] = [];
  let whole = true;
  let stalled = false;

  const flush = (pair: Pair): void => {
    if (stalled) return;
    if (!pair.stopped.up) for (const chunk of pair.up.splice(0)) pair.far.write(chunk);
    if (!pair.stopped.down && pair.pace === undefined)
      for (const chunk of pair.down.splice(0)) pair.near.write(chunk);
  };
  const server = createServer({ noDelay: true }, near => {
    if (!whole) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ ...target, noDelay: true });
    const pair: Pair = {
      near,
      far,
      held: 0,
      stopped: { up: false, down: false },
      up: [],
      down: [],
      cutReply: false,
    };
    pairs.add(pair);
    const late = (frame: Buffer, ms: number) => {
      setTimeout(() => {
        pair.down.push(frame);
        if (pairs.has(pair)) flush(pair);
      }, ms).unref();
    };
    const pass = ackFate ? createAckFaults(ackFate, late) : (chunk: Buffer) => [chunk];
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('close', () => {
        pairs.delete(pair);
        other.destroy();
      });
      // 'close' follows and does the work.
      socket.on('error', () => {});
    }
    near.on('data', chunk => {
      const cut = cuts.findIndex(({ mark }) => chunk.includes(mark));
      if (cut >= 0 && !pair.cutReply) {
        pair.cutReply = true;
        cuts.splice(cut, 1)[0]?.done(true);
      }
      if (stalled || pair.stopped.up) pair.held += chunk.length;
      pair.up.push(chunk);
      flush(pair);
    });
    far.on('data', chunk => {
      if (pair.cutReply) {
        near.resetAndDestroy();
        far.resetAndDestroy();
        return;
      }
      if (stalled || pair.stopped.down) pair.held += chunk.length;
      pair.down.push(...pass(chunk));
      flush(pair);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const one = (chooser: Chooser): Pair | undefined => (pairs.size > 0 ? chooser.pick([...pairs]) : undefined);
  const broken = (pair: Pair) => {
    pair.near.resetAndDestroy();
    pair.far.resetAndDestroy();
  };
  const cut = () => {
    whole = false;
    const count = pairs.size;
    for (const pair of pairs) broken(pair);
    return count;
  };
  const mend = () => {
    whole = true;
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return pairs.size;
    },
    reset(count, chooser) {
      let done = 0;
      for (; done < count && pairs.size > 0; done++) broken(one(chooser) as Pair);
      return done;
    },
    async halfOpen(ms, chooser) {
      const pair = one(chooser);
      if (!pair) return undefined;
      pair.stopped = { up: true, down: true };
      await delay(ms);
      broken(pair);
      return pair.held;
    },
    async pauseReader(ms, chooser) {
      const pair = one(chooser);
      if (!pair) return undefined;
      pair.stopped.down = true;
      await delay(ms);
      pair.stopped.down = false;
      flush(pair);
      return pair.held;
    },
    async slowReader(bytesPerSecond, ms, chooser) {
      const pair = one(chooser);
      if (!pair) return undefined;
      pair.pace = bytesPerSecond;
      let given = 0;
      for (const until = performance.now() + ms; performance.now() < until; await delay(100)) {
        const waiting = Buffer.concat(pair.down.splice(0));
        const now = waiting.subarray(0, bytesPerSecond / 10);
        pair.near.write(now);
        given += now.length;
        if (now.length < waiting.length) pair.down.unshift(waiting.subarray(now.length));
      }
      delete pair.pace;
      flush(pair);
      return given;
    },
    async stall(ms) {
      const before = [...pairs].reduce((sum, pair) => sum + pair.held, 0);
      stalled = true;
      await delay(ms);
      stalled = false;
      for (const pair of pairs) flush(pair);
      return [...pairs].reduce((sum, pair) => sum + pair.held, 0) - before;
    },
    cut,
    mend,
    fallSilent() {
      const silent = [...pairs];
      for (const pair of silent) pair.stopped = { up: true, down: true };
      return () => {
        for (const pair of silent) {
          pair.stopped = { up: false, down: false };
          flush(pair);
        }
      };
    },
    async partition(ms) {
      const count = cut();
      await delay(ms);
      mend();
      return count;
    },
    cutReplyTo(mark, patience) {
      return new Promise(resolve => {
        const timer = setTimeout(() => done(false), patience);
        const done = (cut: boolean) => {
          clearTimeout(timer);
          if (!cut) cuts.splice(cuts.indexOf(wish), 1);
          resolve(cut);
        };
        const wish = { mark, done };
        cuts.push(wish);
      });
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
