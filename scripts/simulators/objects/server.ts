// The HTTP of the simulated object storages: whole requests in, answers out, and faults in between.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { meet } from '../faults.ts';
import type { Fault } from './faults.ts';

export interface Asked {
  readonly method: string;
  /** As it was sent, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** As it was sent. */
  readonly search: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

export interface ObjectServer extends AsyncDisposable {
  readonly url: string;
  readonly faults: Fault[];
  /** All requests so far, as `PUT /bucket/key?x`. */
  readonly requests: string[];
}

export async function openObjectServer(deps: {
  port: number;
  answer(asked: Asked): Reply | Promise<Reply>;
  /** The vendor's way to say what is wrong. */
  problem(status: number, code: string | undefined): Reply;
}): Promise<ObjectServer> {
  const faults: Fault[] = [];
  const requests: string[] = [];
  const closing = new AbortController();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const [path = '', search = ''] = url.split('?', 2);
    requests.push(`${method} ${url}`);
    const reach = faults.filter(one => one.method === undefined || one.method === method);
    const fault = meet(reach, decodeURIComponent(path));
    // `meet` counts down in the list it is given.
    if (fault && !reach.includes(fault)) faults.splice(faults.indexOf(fault), 1);
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (fault?.kind === 'cut' && length >= (fault.bytes ?? 0)) return void request.socket.destroy();
    }
    if (fault?.kind === 'cut') return void request.socket.destroy();
    if (fault?.kind === 'silence') return;
    const asked: Asked = {
      method,
      path,
      search,
      query: new URLSearchParams(search),
      headers: request.headers as Record<string, string | undefined>,
      body: Buffer.concat(chunks),
    };
    const {
      status,
      headers,
      body = '',
    } = fault?.kind === 'status' ? deps.problem(fault.status, fault.code) : await deps.answer(asked);
    if (fault?.kind === 'lost') return void request.socket.destroy();
    if (fault?.kind === 'slow') await delay(fault.ms, undefined, { signal: closing.signal });
    const bytes = Buffer.from(body);
    response.writeHead(status, { 'content-length': String(bytes.length), ...headers });
    if (fault?.kind !== 'cutAfter') return void response.end(method === 'HEAD' ? undefined : bytes);
    // What was written goes out first.
    response.write(bytes.subarray(0, fault.bytes), () => request.socket.destroy());
  }

  const server = createServer((request, response) => {
    // Only a client or a simulator that goes away ends up here.
    handle(request, response).catch(() => response.destroy());
  }).listen(deps.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    requests,
    async [Symbol.asyncDispose]() {
      closing.abort();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** One range, as `bytes=1-2`. @returns undefined for all of it, `outside` when it begins behind the end */
export function rangeOf(header: string | undefined, size: number) {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (!first && !last) return undefined;
  const start = first ? Number(first) : Math.max(0, size - Number(last));
  const end = first && last ? Math.min(Number(last), size - 1) : size - 1;
  return start > end ? 'outside' : { start, end };
}
