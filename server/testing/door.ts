// The Express door on a free port with a real database behind it, for tests: everything is real, and what was logged can be read.
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pino } from 'pino';
import { createArgon2 } from '../auth/argon2.ts';
import { createJwt } from '../auth/jwt.ts';
import { createApp, type HttpDeps } from '../http/app.ts';
import { isUpload } from '../http/routes/files.ts';
import { serverOptions } from '../http/server-options.ts';
import { type BodyTimes, boundBodies } from '../http/slow-bodies.ts';
import { createOriginPolicy } from '../hub/origins.ts';
import { createPeople, type People, type PeopleDeps } from '../hub/people.ts';
import { createMeters } from '../hub/ports-meters.ts';
import type { PeopleStore } from '../hub/ports-people.ts';
import { createMemoryLimits } from '../limits/memory.ts';
import { createMetrics } from '../metrics.ts';
import { openPostgres, type PostgresDb } from '../store/postgres.ts';
import { createPeopleStore } from '../store/queries/people.ts';
import { openTestDatabase } from './database.ts';

export const DOOR_SECRET = 'a secret of the tests, longer than thirty-two bytes';
export const ALLOWED_ORIGIN = 'https://chat.example.com';

export interface Ask {
  readonly method?: string;
  /** Sent as JSON, unless it is a string, which goes as it is. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly bearer?: string;
  /** A refresh token for the cookie. */
  readonly cookie?: string;
  /** The loopback address to come from, such as 127.0.0.2. */
  readonly from?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed text; undefined when there is none, or it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly body: any;
  /** The refresh token that the answer sets, empty when it clears the cookie. */
  readonly cookie: string | undefined;
}

export interface Door extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly db: PostgresDb;
  readonly store: PeopleStore;
  readonly people: People;
  /** One JSON text per entry, from debug up. */
  readonly logged: string[];
  /** Sessions that ended, in order. */
  readonly ended: string[];
  /** One request on a connection of its own: GET, or POST with a body. */
  ask(path: string, ask?: Ask): Promise<Answer>;
}

export type DoorOptions = Partial<HttpDeps> & {
  peopleDeps?: Partial<PeopleDeps>;
  server?: typeof serverOptions;
  bodies?: Partial<BodyTimes>;
};

export async function openDoor({
  peopleDeps,
  server: timing,
  bodies,
  ...options
}: DoorOptions = {}): Promise<Door> {
  const database = await openTestDatabase();
  const db = await openPostgres(database.url);
  const logged: string[] = [];
  const ended: string[] = [];
  const log = pino({ level: 'debug' }, { write: line => void logged.push(line) });
  const store = createPeopleStore(db);
  const limits = createMemoryLimits();
  const people = createPeople({
    store,
    limits,
    log,
    tokens: createJwt({ secret: DOOR_SECRET }),
    hasher: createArgon2({ memoryCost: 64, timeCost: 1, parallelism: 1 }),
    sessionEnded: session => ended.push(session),
    ...peopleDeps,
  });
  const app = createApp({
    people,
    limits,
    log,
    readiness: async () => ({ ready: true, checks: { database: 'ok' } }),
    metrics: createMetrics({
      meters: createMeters(),
      sight: () => ({ sockets: 0, rooms: 0, people: 0, redis: undefined, integrations: {} }),
    }),
    metricsToken: undefined,
    origins: createOriginPolicy([ALLOWED_ORIGIN]),
    trustProxy: false,
    https: false,
    webDir: path.join(import.meta.dirname, 'no-web-client-here'),
    ...options,
  });
  const server = createServer({ ...serverOptions, ...timing }, app);
  boundBodies(server, isUpload, bodies);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    db,
    store,
    people,
    logged,
    ended,
    ask: (path, ask = {}) => exchange(port, path, ask),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await db[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function exchange(port: number, path: string, ask: Ask): Promise<Answer> {
  const { body, bearer, cookie, from } = ask;
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path,
    agent: false,
    method: ask.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(bearer && { authorization: `Bearer ${bearer}` }),
      ...(cookie && { cookie: `court_refresh=${cookie}` }),
      ...ask.headers,
    },
    ...(from && { localAddress: from }),
  });
  request.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const text = (await response.toArray()).join('');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    body:
      text && response.headers['content-type']?.startsWith('application/json') ? JSON.parse(text) : undefined,
    cookie: /^court_refresh=([^;]*)/.exec(response.headers['set-cookie']?.[0] ?? '')?.[1],
  };
}
