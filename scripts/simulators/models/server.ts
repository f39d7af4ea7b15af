// The HTTP of the simulated providers of models: JSON in, JSON or a stream of events out, and faults in between.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { meet } from '../faults.ts';
import type { Fault } from './faults.ts';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Server-sent events, each as its text. */
export interface Events {
  readonly events: readonly string[];
  /** What the vendor sends to keep a connection. */
  readonly ping: string;
  /** What it sends when it fails in the middle. */
  error(code: string): string;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed; undefined when there was none. */
  readonly body: unknown;
}

export interface ModelServer extends AsyncDisposable {
  readonly url: string;
  readonly faults: Fault[];
  /** All requests so far. */
  readonly asked: readonly Asked[];
  /** Streams that are open now. */
  readonly streams: number;
}

const PING_MS = 5;

export async function openModelServer(deps: {
  port: number;
  /** @param fault one that the answer itself must carry out */
  answer(asked: Asked, fault: Fault | undefined): Reply | Events;
  /** The vendor's way to say what is wrong. */
  problem(status: number, code: string | undefined): Reply;
}): Promise<ModelServer> {
  const faults: Fault[] = [];
  const asked: Asked[] = [];
  const open = new Set<ServerResponse>();

  function stream(response: ServerResponse, { events, ping, error }: Events, fault: Fault | undefined): void {
    open.add(response);
    response.on('close', () => open.delete(response));
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.flushHeaders();
    const least = fault && 'events' in fault ? fault.events : events.length;
    for (const event of events.slice(0, least)) response.write(event);
    if (fault?.kind === 'stallAfter') {
      const timer = fault.pings ? setInterval(() => response.write(ping), PING_MS) : undefined;
      response.on('close', () => clearInterval(timer));
    } else if (fault?.kind === 'cutAfter') {
      // What was written goes out first.
      response.write('\n', () => response.destroy());
    } else if (fault?.kind === 'errorAfter') response.end(error(fault.code));
    else response.end();
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const text = Buffer.concat(await request.toArray()).toString();
    const one: Asked = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers as Record<string, string | undefined>,
      body: text === '' ? undefined : JSON.parse(text),
    };
    asked.push(one);
    const fault = meet(faults, url.pathname);
    if (fault?.kind === 'cut') return void response.destroy();
    if (fault?.kind === 'silence') return;
    const reply = fault?.kind === 'status' ? deps.problem(fault.status, fault.code) : deps.answer(one, fault);
    if ('events' in reply) return stream(response, reply, fault);
    const headers = fault?.kind === 'status' ? fault.headers : undefined;
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers, ...headers });
    response.end(JSON.stringify(reply.body));
  }

  const server = createServer((request, response) => {
    // Only a client or a simulator that goes away, or that speaks no JSON, ends up here.
    handle(request, response).catch(() => response.destroy());
  }).listen(deps.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    asked,
    get streams() {
      return open.size;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
