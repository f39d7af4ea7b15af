// A program: many people with our own client and a balancer in front of two hubs, as a proxy would be. Tells when all are caught up.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Court, createClient, type Room } from '../../../clients/js/index.ts';
import { serve } from './helper.ts';
import type { Person } from './hub.ts';

export type ComeBack = typeof deeds;

const crowd: { court: Court; room: Room; holes: number }[] = [];
/** Handshakes that a hub said no to. */
let refused = 0;
let target = 0;

/** Every new connection goes to the hub of the moment; one that breaks over there breaks here. */
async function openBalancer(): Promise<string> {
  const server = createServer({ noDelay: true }, near => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      // 'close' follows and does the work.
      one.on('error', () => {});
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const portOf = (url: string) => Number(new URL(url).port);

const deeds = {
  async join({ url, who, room }: { url: string; who: readonly Person[]; room: string }) {
    target = portOf(url);
    const place = await openBalancer();
    for (let i = 0; i < who.length; i += 50) {
      await Promise.all(
        who.slice(i, i + 50).map(async ({ token }) => {
          const court = createClient({ url: place, getToken: async () => token, keepMessages: 10 });
          await court.connect();
          court.on('state', state => {
            if (state.status === 'disconnected' && state.reason === 'refused') refused++;
          });
          const one = { court, room: court.room(room), holes: 0 };
          crowd.push(one);
          await one.room.join();
          let last = one.room.snapshot.head;
          one.room.on('event', ({ seq }) => {
            if (seq !== ++last) one.holes++;
          });
        }),
      );
    }
  },
  /** From now on the balancer knows another hub only. */
  turn({ url }: { url: string }) {
    target = portOf(url);
  },
  /** Waits until everybody has applied the log up to `seq`. */
  async caughtUp({ seq, patience }: { seq: number; patience: number }) {
    const began = performance.now();
    let behind = crowd;
    for (;;) {
      behind = behind.filter(({ room }) => room.snapshot.status !== 'live' || room.snapshot.head < seq);
      if (behind.length === 0 || performance.now() - began > patience) break;
      // Seldom and only at those who are behind: looking is work that they wait for.
      await delay(200);
    }
    return { behind: behind.length, holes: crowd.reduce((sum, { holes }) => sum + holes, 0), refused };
  },
};

serve(deeds);
