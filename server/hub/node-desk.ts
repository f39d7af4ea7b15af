// What admins ask of all nodes together: how they stand, who is connected, and whom to end.
import type { Figures, OpenSocket } from '#shared/protocol/admin.ts';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { Bus } from './bus.ts';
import { Unreachable } from './errors.ts';
import { mayOrThrow } from './policy.ts';
import type { Actor } from './ports.ts';
import type { Deed, NodeStore, OrderBody } from './ports-admin.ts';

/** Milliseconds that nodes are given to answer, by default: a look of each without a hint, and what it takes. */
const PATIENCE = 2500;
/** Milliseconds between two looks at what has been answered. */
const AGAIN = 60;

export type NodeDesk = ReturnType<typeof createNodeDesk>;

export function createNodeDesk(deps: {
  store: NodeStore;
  bus: Bus;
  node: string;
  report(): Figures;
  look(): Promise<void>;
}) {
  const { store, bus, node } = deps;
  /** What the others told, as it was read last, and when that was. */
  let known: { at: number; nodes: CallData<'admin:stats'>['nodes'] } = { at: 0, nodes: [] };

  const figures = async (): Promise<Pick<CallData<'admin:stats'>, 'nodes' | 'outbox'>> => {
    try {
      const { nodes, outbox } = await store.nodes();
      const others = nodes.filter(one => one.node !== node);
      known = {
        at: performance.now(),
        nodes: others.map(({ report, ...one }) => ({ ...report, ...one })),
      };
      return { nodes: known.nodes, outbox };
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      const older = performance.now() - known.at;
      return { nodes: known.nodes.map(one => ({ ...one, ageMs: one.ageMs + older })) };
    }
  };

  /** What each node answered, and those that did not. */
  const askAll = async <A>(order: OrderBody, by: string, deed?: Deed) => {
    const { id, nodes } = await store.order(order, by, deed);
    bus.publish('look', {});
    await deps.look();
    const patience = performance.now() + PATIENCE;
    for (;;) {
      const answers = (await store.answers(id)) as Readonly<Record<string, A>>;
      const missing = nodes.filter(one => !Object.hasOwn(answers, one));
      if (missing.length === 0 || performance.now() > patience)
        return { answers: Object.values(answers), missing };
      await new Promise(resolve => setTimeout(resolve, AGAIN));
    }
  };

  return {
    async stats(actor: Actor): Promise<CallData<'admin:stats'>> {
      mayOrThrow(actor, 'see how the nodes stand');
      const own = { ...deps.report(), node, ageMs: 0 };
      const { nodes, ...rest } = await figures();
      return { node, nodes: [own, ...nodes].sort((a, b) => (a.node < b.node ? -1 : 1)), ...rest };
    },

    async sessions(actor: Actor, input: ParsedInput<'admin:sessions'>): Promise<CallData<'admin:sessions'>> {
      mayOrThrow(actor, 'see who is connected');
      const order = { kind: 'sessions', body: input } as const;
      const { answers, missing } = await askAll<{ sessions: OpenSocket[] }>(order, actor.id);
      const all = answers.flatMap(({ sessions }) => sessions).sort((a, b) => (a.socket < b.socket ? -1 : 1));
      const sessions = all.slice(0, input.limit);
      const last = sessions.at(-1);
      return { sessions, missing, ...(all.length > input.limit && last && { cursor: last.socket }) };
    },

    async disconnect(
      actor: Actor,
      socket: string,
      input: ParsedInput<'admin:disconnect'>,
    ): Promise<CallData<'admin:disconnect'>> {
      mayOrThrow(actor, 'end connections');
      const order = { kind: 'disconnect', body: { ...input, except: socket } } as const;
      const deed = { action: 'socket.disconnected', about: { ...input } };
      const { answers, missing } = await askAll<{ ended: number }>(order, actor.id, deed);
      return { ended: answers.reduce((total, { ended }) => total + ended, 0), missing };
    },
  };
}
