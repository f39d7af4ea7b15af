// The look that every node takes through the database, every second and a half: it tells how it stands, hears what was decided about the people whose
// sockets it has, and does what all nodes are asked to do. A hint only makes it sooner, so that all this holds without Redis too (attack 12).
import type { Figures } from '#shared/protocol/admin.ts';
import type { Push } from '#shared/protocol/pushes.ts';
import type { Background } from './background.ts';
import type { Connection, Connections } from './connections.ts';
import type { Log, Outlet } from './ports.ts';
import type { NodeStore, Order, Standing } from './ports-admin.ts';

/** Milliseconds between two looks. */
const LOOK = 1500;

export interface NodeWatch extends AsyncDisposable {
  /** Looks now, and again and again from now on. */
  begin(): void;
  /** Looks now; the looks that are asked for meanwhile are one more. */
  look(): Promise<void>;
  /** What became of the last look. */
  readonly database: Figures['database'];
}

export function createNodeWatch(deps: {
  store: Pick<NodeStore, 'look' | 'answer'>;
  connections: Connections;
  /** Whose sockets they are. */
  users(): readonly string[];
  outlet: Pick<Outlet, 'end'>;
  background: Background;
  node: string;
  report(): Figures;
  pollMs?: number | undefined;
  log: Log;
}): NodeWatch {
  const { store, connections, outlet, node, log } = deps;
  let database: Figures['database'] = { state: 'ok' };
  let closed = false;

  const end = ({ socket, actor }: Connection, push: Push<'session:end'>) => {
    log.info({ user: actor.id, socket, code: push.code }, 'a socket was ended');
    outlet.end(socket, push);
  };

  /** @param heard when the answer came: a token counts as older rather than younger */
  const obey = (people: Readonly<Record<string, Standing>>, heard: number) => {
    for (const connection of connections.all()) {
      const { actor, proved } = connection;
      const standing = Object.hasOwn(people, actor.id) ? people[actor.id] : undefined;
      if (!standing) continue;
      const { disabled, role = actor.role, signedOutMs } = standing;
      if (disabled || (signedOutMs !== undefined && proved < heard - signedOutMs))
        end(connection, { code: 'revoked', reconnect: false });
      // What it subscribed to and was told it may do begins anew under the new role.
      else if (role !== actor.role) end(connection, { code: 'replaced', reconnect: true, retryAfterMs: 0 });
    }
  };

  const carryOut = (order: Order, heard: number): object => {
    if (order.kind === 'sessions') return { sessions: connections.page(order.body) };
    const { user, session, socket, except, reason } = order.body;
    const meant = [...connections.all()].filter(
      one =>
        one.socket !== except &&
        // Who came after it was said is not meant.
        one.began < heard - order.ageMs &&
        (one.actor.id === user ||
          one.socket === socket ||
          (session !== undefined && one.actor.session === session)),
    );
    for (const one of meant) end(one, { code: 'kicked', reconnect: false, ...(reason && { reason }) });
    return { ended: meant.length };
  };

  const once = async () => {
    const asked = performance.now();
    try {
      const { people, orders } = await store.look(node, deps.report(), deps.users());
      const heard = performance.now();
      database = { state: 'ok', ms: Math.round((heard - asked) * 10) / 10 };
      obey(people, heard);
      await Promise.all(orders.map(order => store.answer(order.id, node, carryOut(order, heard))));
    } catch (error) {
      database = { state: 'away' };
      throw error;
    }
  };

  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    if (closed) return;
    if (!running) {
      running = once().finally(() => {
        running = undefined;
      });
      return running;
    }
    // The one under way may have asked before what we want to hear was written.
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return look();
      });
    return next;
  };

  return {
    begin: () => deps.background.every(deps.pollMs ?? LOOK, 'look what was decided', look, 0),
    look,
    get database() {
      return database;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await running?.catch(() => {});
    },
  };
}
