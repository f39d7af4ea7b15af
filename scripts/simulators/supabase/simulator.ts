// A Supabase project on loopback, for tests and local work: its gateway with keys and faults, before PostgREST and Auth over a real PostgreSQL, and Storage over a folder.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, problem } from './answers.ts';
import { type Auth, createAuth } from './auth.ts';
import { openRest } from './rest.ts';
import type { Role } from './roles.ts';
import { openStorage, type Storage } from './storage.ts';

/** What goes wrong with every request while it is set. */
export type Fault =
  /** Answered by the gateway; nothing runs. */
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  /** Runs at once, answered late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Runs, and the connection is cut instead of an answer. */
  | { readonly kind: 'cut' };

export interface SupabaseSimulator extends AsyncDisposable {
  /** For SUPABASE_URL. */
  readonly url: string;
  /** For SUPABASE_KEY. */
  readonly secretKey: string;
  /** What a web page would hold: it comes as `anon`. */
  readonly publishableKey: string;
  readonly auth: Auth;
  readonly storage: Storage;
  fault: Fault | undefined;
  /** Requests so far, by path. */
  readonly requests: ReadonlyMap<string, number>;
}

export interface SimulatorOptions {
  /** A PostgreSQL database, prepared by prepareDatabase; the schema is for the caller to install. */
  databaseUrl: string;
  /** 0, the default: any free one. */
  port?: number;
  /** Bytes that one object in Storage may have; 50 MiB, as in a new project. */
  fileSizeLimit?: number;
}

const newKey = (kind: string) => `sb_${kind}_${crypto.randomUUID().replaceAll('-', '')}`;

export async function openSupabaseSimulator({
  databaseUrl,
  port = 0,
  fileSizeLimit = 50 * 1024 * 1024,
}: SimulatorOptions): Promise<SupabaseSimulator> {
  const rest = openRest(databaseUrl);
  const storage = await openStorage(fileSizeLimit);
  const closing = new AbortController();
  const requests = new Map<string, number>();
  const keys = new Map<string, Role>([
    [newKey('publishable'), 'anon'],
    [newKey('secret'), 'service_role'],
  ]);

  /** The role behind a request, or the gateway's refusal. */
  async function admit({ headers }: IncomingMessage): Promise<Role | Answer> {
    const apikey = String(headers.apikey ?? '');
    if (!apikey) return { status: 401, body: '{"message":"No API key found in request"}' };
    const role = keys.get(apikey);
    if (!role) return { status: 401, body: '{"message":"Invalid API key"}' };
    const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (bearer === undefined || bearer === apikey) return role;
    if (await auth.isValid(bearer)) return 'authenticated';
    return problem(401, 'PGRST301', 'None of the keys was able to decode the JWT');
  }

  async function route(request: IncomingMessage, path: string): Promise<Answer> {
    if (path === '/auth/v1/.well-known/jwks.json') return { status: 200, body: JSON.stringify(auth.keys) };
    if (path.startsWith('/storage/v1/'))
      return storage.answer(request, path.slice('/storage/v1'.length), () => admit(request));
    const [, call, table] = /^\/rest\/v1\/(?:rpc\/([^/]+)|([^/]+))$/.exec(path) ?? [];
    const body = (await request.toArray()).join('');
    const role = await admit(request);
    if (typeof role !== 'string') return role;
    if (call && request.method === 'POST') return rest.callFunction(call, body, role);
    if (table && request.method === 'GET') return rest.readTable(table, role);
    return problem(404, 'PGRST125', 'Invalid path specified in request URL');
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    requests.set(pathname, (requests.get(pathname) ?? 0) + 1);
    const { fault } = simulator;
    if (fault?.kind === 'status') return void response.writeHead(fault.status).end(fault.body);
    const { status, body, headers } = await route(request, decodeURIComponent(pathname));
    if (fault?.kind === 'cut') {
      if (typeof body !== 'string') body.destroy();
      return void request.socket.destroy();
    }
    if (fault?.kind === 'slow') await delay(fault.ms, undefined, { signal: closing.signal });
    response.writeHead(status, headers ?? { 'content-type': 'application/json; charset=utf-8' });
    if (typeof body === 'string') response.end(body);
    else await pipeline(body, response);
  }

  const server = createServer((request, response) => {
    // Only a client or a simulator that goes away ends up here.
    answer(request, response).catch(() => response.destroy());
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const auth = await createAuth(url);
  const [publishableKey = '', secretKey = ''] = keys.keys();
  const simulator: SupabaseSimulator = {
    url,
    secretKey,
    publishableKey,
    auth,
    storage,
    fault: undefined,
    requests,
    async [Symbol.asyncDispose]() {
      closing.abort();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await rest[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
  return simulator;
}
