// What admins do and see, in one piece: the sockets of this node and its look, the desk that asks all nodes, people, rooms and the audit log.
import type { Figures } from '#shared/protocol/admin.ts';
import { type Accounts, createAccounts } from './accounts.ts';
import type { Background } from './background.ts';
import type { Bus } from './bus.ts';
import { type About, createConnections } from './connections.ts';
import type { HubOptions } from './hub-options.ts';
import type { Batch } from './log-writer.ts';
import { createNodeDesk, type NodeDesk } from './node-desk.ts';
import { createNodeFigures } from './node-figures.ts';
import { createNodeWatch } from './node-watch.ts';
import type { Pressure } from './pressure.ts';
import type { RoomFeeds } from './room-feeds.ts';
import type { SignedIn } from './sessions.ts';
import type { SocketBook } from './socket-book.ts';
import { createUpkeepDesk, type UpkeepDesk } from './upkeep-desk.ts';

export interface AdminHub {
  readonly accounts: Accounts;
  readonly nodes: NodeDesk;
  readonly upkeep: UpkeepDesk;
  /** Entries that this node wrote. */
  wrote(batches: readonly Batch[]): void;
  /** This node can be reached. */
  begin(): void;
  /** Another node wants all to look at once. */
  look(): void;
  connected(actor: SignedIn, socket: string, about: About): void;
  refreshed(actor: SignedIn, socket: string, proved: number): void;
  disconnected(socket: string): void;
  /** Nobody waits for this node any more. Called when nothing runs in the background. */
  leave(): Promise<void>;
}

export function createAdminHub(
  options: Pick<
    HubOptions,
    'admin' | 'meters' | 'outlet' | 'log' | 'pollMs' | 'sessionEnded' | 'sight' | 'health'
  > & {
    feeds: RoomFeeds;
    sockets: Pick<SocketBook, 'users'>;
    bus: Bus;
    background: Background;
    pressure: Pressure;
    node: string;
    now(): number;
  },
): AdminHub {
  const { admin, bus, background, node, feeds, pressure, log } = options;
  const began = performance.now();
  const figures = createNodeFigures({ meters: options.meters, look: options.health });
  const connections = createConnections(options);
  const report = (): Figures => {
    const { version, draining, redis, services } = options.sight();
    return {
      ...figures.lately(),
      version,
      draining,
      services,
      ...(redis !== undefined && { redis }),
      upMs: Math.round(performance.now() - began),
      sockets: connections.size,
      people: options.sockets.users().length,
      rooms: feeds.size,
      pressure: { level: pressure.level, words: pressure.describe() },
      database: watch.database,
    };
  };
  const watch = createNodeWatch({
    ...options,
    store: admin,
    connections,
    users: options.sockets.users,
    report,
  });
  background.every(1000, 'count what this node does', figures.tick);
  const look = () =>
    void watch.look().catch(error => log.warn({ err: error }, 'what was decided waits for the next look'));
  const decided = () => {
    bus.publish('look', {});
    look();
  };

  return {
    accounts: createAccounts({
      store: admin,
      decided,
      sessionEnded(session) {
        options.sessionEnded?.(session);
        bus.publish('sessionEnded', { session });
      },
      log,
    }),
    nodes: createNodeDesk({ store: admin, bus, node, report, look: watch.look }),
    upkeep: createUpkeepDesk({ store: admin }),
    wrote: figures.wrote,
    begin: watch.begin,
    look,
    connected: connections.connected,
    refreshed: connections.refreshed,
    disconnected: connections.disconnected,
    async leave() {
      await watch[Symbol.asyncDispose]();
      try {
        await admin.leave(node);
      } catch (error) {
        // The database is away; the others see for themselves that nothing comes any more.
        log.warn({ err: error }, 'the other nodes were not told that this one goes');
      }
    },
  };
}
