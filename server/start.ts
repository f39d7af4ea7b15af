// The composition root: the one place that knows every part. Opens what the config names, wires it, listens, and closes it in reverse.

import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import proxyAddr from 'proxy-addr';
import { createArgon2 } from './auth/argon2.ts';
import { createJwt } from './auth/jwt.ts';
import { type Config, loadSecrets } from './config.ts';
import { createApp } from './http/app.ts';
import { createHttpServer, listen } from './http/server.ts';
import { createHub, type Hub } from './hub/hub.ts';
import { createOriginPolicy } from './hub/origins.ts';
import { createPeople, type People } from './hub/people.ts';
import type { Log } from './hub/ports.ts';
import { createReadiness } from './hub/readiness.ts';
import { createMemoryLimits, createNoLimits } from './limits/memory.ts';
import { createRealtime } from './realtime/io.ts';
import { createOutlet } from './realtime/outlet.ts';
import { openStore } from './store/open.ts';
import type { PostgresDb } from './store/postgres.ts';
import { createPeopleStore } from './store/queries/people.ts';
import { createRoomStore } from './store/queries/rooms.ts';

export interface Running extends AsyncDisposable {
  /** Where it listens, e.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly hub: Hub;
  readonly people: People;
  readonly db: PostgresDb;
}

/** What tests put in place of the real thing. */
export interface Overrides {
  now?(): number;
  presenceGrace?: number;
}

const WEB_DIR = path.join(import.meta.dirname, '../clients/web/dist');
/** How often sessions that another node ended are looked for (attack 12: within 2 s). */
const SESSION_POLL = 1500;

/**
 * Starts a hub. What was opened before a failure is closed again.
 * @throws ConfigError, EmbeddedError, MigrationError, or the listening error, each with a sentence that says what to do
 */
export async function start(config: Config, log: Log, overrides: Overrides = {}): Promise<Running> {
  await using parts = new AsyncDisposableStack();
  const secrets = await loadSecrets(config);
  const db = parts.use(await openStore(config, log));
  const handshakes = config.maxHandshakesPerAddress;
  const limits = config.rateLimits
    ? createMemoryLimits({ 'handshake.address': { perSecond: handshakes, burst: handshakes } })
    : createNoLimits();
  const origins = createOriginPolicy([
    ...config.allowedOrigins,
    ...(config.publicUrl ? [config.publicUrl] : []),
  ]);

  const outlet = createOutlet(() => realtime.io);
  const hub = parts.use(createHub({ store: createRoomStore(db), outlet, log, ...overrides }));
  const people = createPeople({
    store: createPeopleStore(db),
    tokens: createJwt({ secret: secrets.jwtSecret }),
    hasher: createArgon2(),
    limits,
    log,
    sessionEnded: session => realtime.endSession(session),
  });

  let draining = false;
  const app = createApp({
    people,
    limits,
    readiness: createReadiness({
      probe: () => db.call('probe', { node: config.nodeName }),
      draining: () => draining,
    }),
    origins,
    log,
    trustProxy: config.trustProxy,
    https: config.tls !== undefined || config.publicUrl?.startsWith('https:') === true,
    webDir: WEB_DIR,
  });
  const server = await createHttpServer(config, app);
  const realtime = parts.use(
    createRealtime({
      server,
      hub,
      authenticate: people.authenticate,
      limits,
      caps: {
        total: config.maxConnections,
        perUser: config.maxConnectionsPerUser,
        perAddress: config.maxConnectionsPerAddress,
      },
      origins,
      transports: config.transports,
      node: config.nodeName,
      addressOf: (request: IncomingMessage) => proxyAddr(request, app.get('trust proxy fn')),
      log,
    }),
  );
  hub.background.every(SESSION_POLL, 'end sessions that are over', async () => {
    const open = realtime.openSessions();
    if (open.length === 0) return;
    for (const session of await people.endedSessions(open)) realtime.endSession(session);
  });

  const url = await listen(server, config);
  const open = parts.move();
  return {
    url,
    hub,
    people,
    db,
    async [Symbol.asyncDispose]() {
      draining = true;
      await open.disposeAsync();
    },
  };
}
