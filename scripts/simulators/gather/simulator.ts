// A Gather space on loopback, for tests and local work, spoken to by Gather's own client with Gather's own codecs: the look-up of the game server,
// the game server itself, HTTP v2, and faults.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { type Client, type Faults, serveClient } from './connection.ts';
import { type Answer, answerRest } from './rest.ts';
import { createWorld, type GatherEvent, type World, type WorldMap } from './world.ts';

export interface GatherSimulator extends AsyncDisposable {
  /** For GATHER_API_URL. */
  readonly url: string;
  /** For GATHER_API_KEY. */
  readonly apiKey: string;
  /** For GATHER_SPACE_ID. */
  readonly spaceId: string;
  readonly world: World;
  /** Set and delete at will. */
  readonly faults: Faults;
  /** Clients connected to the game server now. */
  readonly connected: number;
  /** Requests and connections so far, by path. */
  readonly requests: ReadonlyMap<string, number>;
  /** What clients said to people, the latest last. */
  readonly chats: readonly { readonly to: string; readonly text: string }[];
  /** Somebody types a command; it reaches the clients that registered it. */
  type(uid: string, command: string): void;
  /** To every client, whatever the world looks like. */
  send(...events: GatherEvent[]): void;
  /** Closes every client's connection. */
  close(code: number, reason?: string): void;
  /** Ends every client's connection without a word. */
  cut(): void;
}

export interface SimulatorOptions {
  /** 0, the default: any free one. */
  port?: number;
  maps?: readonly WorldMap[];
  /** A new one, if missing. */
  apiKey?: string;
  /** Milliseconds. */
  heartbeat?: number;
  /** 2: a space of Gather 2.0, for which this API has no game server. */
  generation?: 1 | 2;
}

const GAME = '/game';
const PROTOCOL = 'gather-v2';

const newKey = () => crypto.randomUUID().replaceAll('-', '').slice(0, 16);

export async function openGatherSimulator(options: SimulatorOptions = {}): Promise<GatherSimulator> {
  const { port = 0, maps, apiKey = newKey(), heartbeat = 5000, generation = 1 } = options;
  const spaceId = 'FirstCourtSpace1\\palace';
  const world = createWorld(maps);
  const faults: Faults = {};
  const requests = new Map<string, number>();
  const clients = new Set<Client>();
  const chats: { to: string; text: string }[] = [];
  const closing = new AbortController();
  const count = (path: string) => requests.set(path, (requests.get(path) ?? 0) + 1);

  function route(request: IncomingMessage, path: string, body: string): Answer {
    const [, space = '', rest = ''] = /^\/api\/v2\/spaces\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (space === '' || decodeURIComponent(space) !== spaceId)
      return { status: 404, body: 'Space not found' };
    if (generation === 2) return { status: 403, body: 'Forbidden' };
    if (rest === 'game-server-assignment') {
      const server = faults.assignment ?? `${url.replace('http', 'ws')}${GAME}`;
      return { status: 200, body: JSON.stringify(server) };
    }
    if (request.headers.apikey !== apiKey) return { status: 403, body: 'Forbidden' };
    return answerRest(world, rest, request.method ?? 'GET', body);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    count(pathname);
    const body = (await request.toArray()).join('');
    if (faults.slow) await delay(faults.slow, undefined, { signal: closing.signal });
    const { status, body: text } = faults.status
      ? { status: faults.status, body: 'as asked' }
      : route(request, pathname, body);
    const type = status === 200 ? 'application/json' : 'text/plain';
    response.writeHead(status, { 'content-type': type }).end(text);
  }

  const server = createServer((request, response) => {
    // Only a client or a simulator that goes away ends up here.
    answer(request, response).catch(() => response.destroy());
  });
  const sockets = new WebSocketServer({
    server,
    path: GAME,
    handleProtocols: offered => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  sockets.on('connection', socket => {
    count(GAME);
    const client = serveClient({
      ...{ socket, world, faults, spaceId, apiKey, heartbeat },
      chatted: (to, text) => void chats.push({ to, text }),
    });
    clients.add(client);
    socket.on('close', () => clients.delete(client));
  });
  world.onEvents = events => {
    for (const client of clients) client.send(events);
  };
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    apiKey,
    spaceId,
    world,
    faults,
    get connected() {
      return clients.size;
    },
    requests,
    chats,
    type(uid, command) {
      const encId = world.people.get(uid)?.encId;
      if (encId === undefined) throw new Error(`${uid} is not in the space.`);
      const event: GatherEvent = { $case: 'playerSendsCommand', playerSendsCommand: { encId, command } };
      const [name = ''] = command.split(' ');
      for (const client of clients) if (client.commands.has(name)) client.send([event]);
    },
    send(...events) {
      for (const client of clients) client.send(events);
    },
    close(code, reason = '') {
      for (const client of clients) client.close(code, reason);
    },
    cut() {
      for (const client of clients) client.cut();
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      for (const client of clients) client.cut();
      sockets.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
