// Elasticsearch on loopback, for tests and local work, spoken to by Elastic's own client: documents with versions, aliases, bulk writes, refreshes,
// a search by BM25 that really ranks, and faults on demand.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, ElasticProblem } from './answers.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { type Fault, meet, problemOf, refuseItem } from './faults.ts';
import { type Request, route, type World } from './routes.ts';

export interface ElasticsearchSimulator extends AsyncDisposable {
  /** For ELASTICSEARCH_URL. */
  readonly url: string;
  readonly cluster: Cluster;
  readonly faults: Fault[];
  /** Requests so far, by method and path. */
  readonly requests: ReadonlyMap<string, number>;
  /** The body of every search, as it came. */
  readonly searches: readonly unknown[];
}

export interface SimulatorOptions {
  /** 0, the default: any free one. */
  port?: number;
  version?: string;
  /** Who may come in; without it, everybody. */
  user?: { readonly name: string; readonly password: string };
  /** Rights on indices that the user has not. */
  denied?: readonly string[];
  now?(): number;
  /** Bytes of a request (http.max_content_length). */
  maxContent?: number;
}

const COMPATIBLE = /^application\/vnd\.elasticsearch\+(json|x-ndjson);\s*compatible-with=(\d+)(?:,|$)/;
const PLAIN = /^(application\/(json|x-ndjson)|text\/plain)\b/;

export async function openElasticsearchSimulator(
  options: SimulatorOptions = {},
): Promise<ElasticsearchSimulator> {
  const {
    port = 0,
    version = '8.19.2',
    user,
    denied = [],
    now = Date.now,
    maxContent = 100 * 2 ** 20,
  } = options;
  const major = Number.parseInt(version, 10);
  const faults: Fault[] = [];
  const requests = new Map<string, number>();
  const searches: unknown[] = [];
  const closing = new AbortController();
  const cluster = createCluster(now);
  const world: World = {
    cluster,
    version,
    denied,
    refuse: item => refuseItem(faults, item),
    async refreshed(index) {
      const wait = cluster.indices.get(index)?.untilRefresh ?? 0;
      if (wait > 0) await delay(wait, undefined, { signal: closing.signal });
      cluster.indices.get(index)?.refresh();
    },
    searched: body => void searches.push(body),
  };
  const secret = user && `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;

  async function answer(request: IncomingMessage): Promise<Answer> {
    const text = (await request.toArray()).join('');
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    try {
      if (secret && request.headers.authorization !== secret) throw problemOf(401);
      checkMedia(request, text, major);
      if (Buffer.byteLength(text) > maxContent) throw problemOf(413);
      const path = pathname.split('/').filter(Boolean).map(decodeURIComponent);
      const parsed: Request = { method: request.method ?? 'GET', path, query: searchParams, text };
      return await route(world, parsed);
    } catch (error) {
      if (error instanceof ElasticProblem) return error.answer;
      throw error;
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = `${request.method} ${request.url?.split('?', 1)[0]}`;
    requests.set(call, (requests.get(call) ?? 0) + 1);
    const fault = meet(faults, call);
    if (fault?.kind === 'cut' && !fault.after) return void response.destroy();
    const asked =
      fault?.kind === 'status' ? problemOf(fault.status, fault.type).answer : await answer(request);
    if (fault?.kind === 'cut') return void response.destroy();
    if (fault?.kind === 'slow') await delay(fault.ms, undefined, { signal: closing.signal });
    send(request, response, asked, fault?.kind === 'stranger' ? fault.product : product(major, version));
  }

  const server = createServer((request, response) => {
    // Only a client or a simulator that goes away ends up here.
    serve(request, response).catch(() => response.destroy());
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  const login = user ? `${encodeURIComponent(user.name)}:${encodeURIComponent(user.password)}@` : '';
  return {
    url: `http://${login}127.0.0.1:${bound}`,
    cluster,
    faults,
    requests,
    searches,
    async [Symbol.asyncDispose]() {
      closing.abort();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** From 7.14 on it says what it is. */
const product = (major: number, version: string): string | undefined =>
  major >= 8 || Number(version.split('.')[1]) >= 14 ? 'Elasticsearch' : undefined;

/** Both headers name one version that this server speaks, or none. */
function checkMedia({ headers }: IncomingMessage, text: string, major: number): void {
  const named = [...(text === '' ? [] : [headers['content-type'] ?? '']), headers.accept ?? ''];
  const versions = new Set(named.map(one => COMPATIBLE.exec(one)?.[2]));
  const wrong = text !== '' && !COMPATIBLE.test(named[0] ?? '') && !PLAIN.test(named[0] ?? '');
  if (wrong || (major < 8 && text !== '' && versions.has('8')))
    throw new ElasticProblem(
      406,
      'content_type_header_exception',
      `Content-Type header [${named[0]}] is not supported`,
    );
  // It leaves alone what it does not know of there, as long as nothing was sent.
  if (major < 8) return;
  const [asked] = [...versions].filter(Boolean);
  if (versions.size > 1)
    throw new ElasticProblem(
      400,
      'media_type_header_exception',
      'A compatible version is required on both Content-Type and Accept headers if either one has requested a compatible version and the compatible versions must match.',
    );
  if (asked !== undefined && ![major, major - 1].includes(Number(asked)))
    throw new ElasticProblem(
      400,
      'media_type_header_exception',
      `Accept version must be either version ${major} or ${major - 1}, but found ${asked}`,
    );
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body }: Answer,
  name?: string,
): void {
  const wanted = COMPATIBLE.exec(request.headers.accept ?? '');
  response.writeHead(status, {
    // Only what went well says where it comes from.
    ...(name && status < 300 && { 'x-elastic-product': name }),
    'content-type': wanted
      ? `application/vnd.elasticsearch+json;compatible-with=${wanted[2]}`
      : 'application/json',
    ...(status === 401 && { 'www-authenticate': 'Basic realm="security", charset="UTF-8"' }),
  });
  response.end(request.method === 'HEAD' || body === undefined ? undefined : JSON.stringify(body));
}
