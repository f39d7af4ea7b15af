// The Socket.IO door: transport settings, the handshake, and the life of a socket from welcome to goodbye.
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Server, type Socket } from 'socket.io';
import type { Handshake } from '#shared/protocol/handshake.ts';
import { limits as sizes } from '#shared/protocol/primitives.ts';
import type { Push, PushName } from '#shared/protocol/pushes.ts';
import { PROTOCOL } from '#shared/protocol/version.ts';
import { addressKey } from '../hub/address.ts';
import type { Welcome } from '../hub/announcement-book.ts';
import type { Hub } from '../hub/hub.ts';
import type { OriginPolicy } from '../hub/origins.ts';
import type { Log } from '../hub/ports.ts';
import type { Meters } from '../hub/ports-meters.ts';
import type { Limits } from '../hub/ports-people.ts';
import type { SignedIn } from '../hub/sessions.ts';
import { type ConnectionCaps, createAdmission, RefusedHandshake } from './admission.ts';
import { createDispatch, type Dispatch } from './dispatch.ts';
import { createHandlers } from './handlers.ts';
import { Session } from './session.ts';
import { cutStrangers, FrugalWebSocketServer } from './websocket.ts';

export type ServerPushes = { [N in PushName]: (payload: Push<N>) => void };
type NoEvents = Record<string, never>;
interface NodeEvents {
  hint(text: string, signature: string): void;
}
interface SocketData {
  actor: SignedIn;
  address: string;
  /** When it began to come in. */
  began: number;
  /** What runs for them; undefined: it could not be read yet. */
  announcements: Welcome | undefined;
}
export type HubServer = Server<NoEvents, ServerPushes, NodeEvents, SocketData>;
export type HubSocket = Socket<NoEvents, ServerPushes, NodeEvents, SocketData>;

const SLOW_PATIENCE = 30_000;
/** Milliseconds that calls under way are given to end, when the node goes. */
const DRAIN_PATIENCE = 8000;
const SHUTTING_DOWN = {
  code: 'unavailable',
  message: 'This node is shutting down; connect again.',
  retryAfterMs: 1000,
} as const;

export interface RealtimeDeps {
  readonly server: HttpServer;
  readonly hub: Hub;
  authenticate(token: string): Promise<SignedIn>;
  readonly limits: Limits;
  readonly meters: Meters;
  readonly caps: ConnectionCaps;
  /** Milliseconds that a reader may lag before it is closed. */
  readonly slowPatience?: number | undefined;
  readonly origins: OriginPolicy;
  readonly transports: ('websocket' | 'polling')[];
  readonly node: string;
  /** Carries hints between nodes; without it this node is alone. */
  readonly adapter?: Parameters<Server['adapter']>[0];
  /** A hint of another node has come. */
  readonly hinted?: (text: unknown, signature: unknown) => void;
  /** The peer's address, or what a trusted proxy says it is. */
  addressOf(request: IncomingMessage): string;
  readonly log: Log;
}

export interface Realtime extends AsyncDisposable {
  readonly io: HubServer;
  readonly ask: Dispatch['ask'];
  /** Ends the sockets of a sign-in that is over, on this node. */
  endSession(session: string): void;
  readonly draining: boolean;
  /** Open sockets. */
  readonly sockets: number;
  /** Refuses new work, waits for what was begun, and ends the sessions at random moments over so many ms. */
  drain(overMs: number): Promise<void>;
  /** Closes readers that have been too slow for too long. Called about once a second. */
  endSlow(): void;
  /** The sign-ins with an open socket on this node. */
  openSessions(): string[];
}

export function createRealtime(deps: RealtimeDeps): Realtime {
  const { hub, log, limits, meters, origins, node } = deps;
  const { pressure } = hub;
  const admission = createAdmission({ ...deps, pressure });
  const handlers = createHandlers(hub, deps.authenticate);
  const dispatch = createDispatch({ handlers, limits, pressure, meters, log });
  const sessions = new Map<string, Session>();
  /** Connections that somebody signed in on. */
  const known = new WeakSet<object>();

  const io: HubServer = new Server(deps.server, {
    transports: deps.transports,
    allowUpgrades: deps.transports.length > 1,
    wsEngine: FrugalWebSocketServer,
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: sizes.packetBytes,
    connectTimeout: 5000,
    // A dead peer is noticed after 35 s at the latest, within the 45 s that I11 allows a ghost.
    pingInterval: 20_000,
    pingTimeout: 15_000,
    cors: { origin: (_origin, allow) => allow(null, false) },
    allowRequest(request, allow) {
      // Browsers do not apply CORS to WebSockets, so the origin is looked at here (attack 1).
      const { origin, host } = request.headers;
      const query = new URL(request.url ?? '/', 'http://hub').searchParams;
      if (!origins.allows(origin, host)) allow('This page may not connect here.', false);
      else if (query.get('EIO') !== '4') allow('Only Engine.IO 4 is spoken here.', false);
      else if (query.has('token') || query.has('access_token'))
        allow('Tokens must not stand in the address.', false);
      else allow(null, true);
    },
  });

  cutStrangers(io, connection => known.has(connection as object));
  if (deps.adapter) io.adapter(deps.adapter);
  if (deps.hinted) io.on('hint', deps.hinted);

  let drained: Promise<void> | undefined;
  const drain = async (overMs: number) => {
    const leave = (session: Session, retryAfterMs = 0) =>
      session.end({ code: 'draining', reconnect: true, retryAfterMs });
    // Who has something to say goes first: their next node can take it.
    dispatch.close(session => void session.lane.idle().then(() => leave(session)));
    // What hangs on a database that is away must not keep the node from going.
    const patience = new AbortController();
    await Promise.race([
      Promise.all([...sessions.values()].map(session => session.lane.idle())),
      delay(DRAIN_PATIENCE, undefined, { signal: patience.signal }).catch(() => {}),
    ]);
    patience.abort();
    const ends = [...sessions.values()].map(async session => {
      // Staggered, so that the clients do not storm the other nodes; who leaves earlier need not wait.
      if (overMs > 0) await delay(Math.random() * overMs, undefined, { ref: true });
      leave(session, overMs > 0 ? 0 : Math.round(Math.random() * 1000));
    });
    await Promise.all(ends);
  };

  /** Nobody stays outside for what they would be told: it comes later then. */
  const greet = (actor: SignedIn) =>
    hub.announcements.greet(actor.id).catch((error: unknown) => {
      log.warn({ err: error, user: actor.id }, 'somebody comes in without their announcements');
      return undefined;
    });

  io.use(async (socket, next) => {
    const address = addressKey(deps.addressOf(socket.request));
    const began = performance.now();
    try {
      if (drained) throw new RefusedHandshake(SHUTTING_DOWN);
      const actor = await admission.admit(socket.handshake.auth, address);
      socket.data = { actor, address, began, announcements: await greet(actor) };
      if (socket.conn.readyState === 'open') return next();
      admission.leave(actor, address);
    } catch (error) {
      if (error instanceof RefusedHandshake) return next(error);
      log.error({ err: error }, 'a handshake failed');
      next(
        new RefusedHandshake({
          code: 'unavailable',
          message: 'Something broke on our side.',
          retryAfterMs: 5000,
        }),
      );
    }
  });

  io.on('connection', socket => {
    const { actor, address, began, announcements } = socket.data;
    // Admitted, so it is one.
    const { client, device } = socket.handshake.auth as Handshake;
    const session = new Session(socket, actor, address);
    known.add(socket.conn);
    sessions.set(socket.id, session);
    hub.connected(actor, socket.id, { address, client, device, began });

    // Counted as they arrive, answered with the call that they carried.
    socket.conn.on('packet', ({ data }: { data?: unknown }) => {
      if (typeof data !== 'string') return;
      const taken = limits.take('bytes.socket', socket.id, data.length);
      session.overBytes = taken.ok ? 0 : taken.retryAfterMs;
    });
    socket.onAny((name: string, ...args: unknown[]) => dispatch.call(session, name, args));
    socket.on('error', error => log.debug({ err: error, user: actor.id }, 'a socket failed'));
    socket.on('disconnect', reason => {
      log.debug({ user: actor.id, socket: socket.id, reason }, 'disconnected');
      sessions.delete(socket.id);
      session.dispose();
      admission.leave(actor, address);
      hub.disconnected(actor, socket.id);
      // A join that was still under way subscribes a socket that is gone.
      void session.lane.idle().then(() => hub.disconnected(actor, socket.id));
      // Who only leaves Socket.IO's namespace would keep a connection that nobody counts.
      socket.conn.close();
    });

    socket.emit('welcome', {
      protocol: PROTOCOL,
      node,
      user: { id: actor.id, name: actor.name, role: actor.role },
      session: actor.session ?? socket.id,
      serverTime: new Date().toISOString(),
      limits: {
        textBytes: sizes.textBytes,
        packetBytes: sizes.packetBytes,
        fileBytes: hub.files.limits.file,
      },
      announcements: announcementsOf(announcements),
    });
    hub.announcements.welcomed(actor.id, socket.id, announcements);
    log.debug({ user: actor.id, socket: socket.id, address }, 'connected');
  });

  return {
    io,
    ask: dispatch.ask,
    endSession(id) {
      for (const session of sessions.values()) {
        if (session.actor.session === id) session.end({ code: 'revoked', reconnect: false });
      }
    },
    endSlow() {
      for (const session of sessions.values()) session.endIfTooSlow(deps.slowPatience ?? SLOW_PATIENCE);
    },
    openSessions: () => [
      ...new Set([...sessions.values()].flatMap(({ actor }) => (actor.session ? [actor.session] : []))),
    ],
    get sockets() {
      return sessions.size;
    },
    get draining() {
      return drained !== undefined;
    },
    drain(overMs) {
      drained ??= drain(overMs);
      return drained;
    },
    async [Symbol.asyncDispose]() {
      await this.drain(0);
      await io.close();
    },
  };
}

function announcementsOf(welcome: Welcome | undefined): Push<'welcome'>['announcements'] {
  return (welcome?.announcements ?? []).map(({ reminders, delivered: _, ...announcement }) => ({
    ...announcement,
    ...(reminders > 0 && { reminder: reminders }),
  }));
}
