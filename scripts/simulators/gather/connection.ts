// One client of the simulated game server: admits it by its key, tells it the space, then what happens there, as its subscriptions ask.
import gather from '@gathertown/gather-game-client';
import type { WebSocket } from 'ws';
import { type GatherEvent, introduction, mapEvents, type World } from './world.ts';

/** What goes wrong while it is set. */
export interface Faults {
  /** The HTTP status of every request, instead of an answer. */
  status?: number;
  /** What a request for the game server gets, instead of its address. */
  assignment?: string;
  /** Milliseconds before each answer, of HTTP and of the game server. */
  slow?: number;
  /** The close code that meets every client, as 4011 for a closed space. */
  refuse?: number;
  /** A connection stays open, but nothing comes from it any more. */
  silent?: boolean;
  /** Every event goes out twice. */
  twice?: boolean;
  /** Events that belong together go out in reverse. */
  reversed?: boolean;
}

export interface Client {
  /** What it lets people type after a slash. */
  readonly commands: ReadonlySet<string>;
  send(events: readonly GatherEvent[]): void;
  /** Ends without a close frame. */
  cut(): void;
  close(code: number, reason: string): void;
}

/** Sent whether asked for or not. */
const ALWAYS = new Set(['ready', 'serverHeartbeat', 'transactionStatus', 'subscriptionsUpdated', 'error']);
const UNAUTHORIZED = gather.GameWsCloseCode.UNAUTHORIZED;

export function serveClient(deps: {
  socket: WebSocket;
  world: World;
  faults: Faults;
  spaceId: string;
  apiKey: string;
  /** Milliseconds between two signs of life. */
  heartbeat: number;
  /** It said something to somebody. */
  chatted(to: string, text: string): void;
}): Client {
  const { socket, world, faults } = deps;
  let admitted = false;
  const wanted = new Set<string>();
  const commands = new Set<string>();
  const timers = new Set<NodeJS.Timeout>();

  const write = (events: readonly GatherEvent[]) => {
    if (faults.silent || socket.readyState !== socket.OPEN) return;
    const asked = events.filter(({ $case }) => ALWAYS.has($case) || wanted.has($case));
    if (faults.reversed) asked.reverse();
    const sent = faults.twice ? asked.flatMap(event => [event, event]) : asked;
    if (sent.length === 0) return;
    socket.send(gather.ServerClientBatch.encode({ events: sent.map(event => ({ event })) }).finish());
  };
  const later = (work: () => void) => {
    if (!faults.slow) return work();
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, faults.slow);
    timers.add(timer);
  };
  const beat = setInterval(
    () => write([{ $case: 'serverHeartbeat', serverHeartbeat: { lastRTT: 0 } }]),
    deps.heartbeat,
  );

  const acknowledge = (txnId: number | undefined) => {
    if (txnId === undefined) return;
    write([{ $case: 'transactionStatus', transactionStatus: { txnId, succeeded: true } }]);
  };

  const admit = (spaceId: string, key: string) => {
    if (faults.refuse !== undefined) return socket.close(faults.refuse, 'as asked');
    if (spaceId !== deps.spaceId || key !== deps.apiKey) {
      return socket.close(UNAUTHORIZED, 'User does not have access to this space');
    }
    admitted = true;
    write([{ $case: 'ready', ready: { id: 'keyholder' } }]);
  };

  const synchronize = (subscriptions: Record<string, boolean>) => {
    for (const [name, on] of Object.entries(subscriptions)) if (on) wanted.add(name);
    write([{ $case: 'subscriptionsUpdated', subscriptionsUpdated: { subscriptions: [...wanted] } }]);
    for (const map of world.maps) write(mapEvents(map));
    for (const person of world.people.values()) write(introduction(person));
    write([{ $case: 'spaceSetsCapacity', spaceSetsCapacity: { capacity: 100 } }]);
  };

  socket.on('message', (data: Buffer) => {
    const { action, txnId } = gather.ClientServerAction.decode(data);
    later(() => {
      if (action?.$case === 'init') {
        const { auth, spaceId } = action.init;
        admit(spaceId, auth?.$case === 'apiKey' ? auth.apiKey : '');
      } else if (action?.$case === 'updateSubscriptions' && admitted) {
        synchronize(action.updateSubscriptions.subscriptions);
      } else if (action?.$case === 'registerCommand' && admitted) {
        commands.add(action.registerCommand.command);
      } else if (action?.$case === 'chat' && admitted) {
        deps.chatted(action.chat.chatRecipient, action.chat.contents);
      }
      if (admitted) acknowledge(txnId);
    });
  });
  socket.on('close', () => {
    clearInterval(beat);
    for (const timer of timers) clearTimeout(timer);
  });
  // A client that goes away in the middle of a frame; "close" follows.
  socket.on('error', () => {});

  return {
    commands,
    send: events => {
      if (admitted) write(events);
    },
    cut: () => socket.terminate(),
    close: (code, reason) => socket.close(code, reason),
  };
}
