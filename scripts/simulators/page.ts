// The page to click presence changes on: served to this machine alone, told of every change at once.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import type { Player } from './player.ts';
import { type Playground, settingLine } from './playground.ts';
import type { Scenario } from './scenario.ts';

export interface Page extends AsyncDisposable {
  readonly url: string;
  /** Something happened: everybody who looks is shown the new state, and this line. */
  changed(line?: string): void;
}

const FOLDER = path.join(import.meta.dirname, 'page');
const TOKENS = path.join(import.meta.dirname, '../../clients/web/styles/tokens.css');
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': [path.join(FOLDER, 'index.html'), 'text/html; charset=utf-8'],
  '/page.css': [path.join(FOLDER, 'page.css'), 'text/css; charset=utf-8'],
  '/page.js': [path.join(FOLDER, 'page.js'), 'text/javascript; charset=utf-8'],
  '/tokens.css': [TOKENS, 'text/css; charset=utf-8'],
};
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};
const LINES = 30;
const BODY = 4096;

const wish = z.strictObject({
  simulator: z.string(),
  person: z.string(),
  deed: z.string(),
  place: z.string().optional(),
  words: z.string().max(1000).optional(),
});

export async function openPage(deps: {
  scenario: Scenario;
  playgrounds: ReadonlyMap<string, Playground>;
  player: Player;
  port: number;
}): Promise<Page> {
  const { scenario, playgrounds, player, port } = deps;
  const watching = new Set<ServerResponse>();
  const lines: string[] = [];

  const state = () => ({
    people: scenario.people.map(({ id, name }) => ({ id, name })),
    progress: player.progress,
    lines,
    simulators: [...playgrounds].map(
      ([name, { title, settings, places, plans = [], deeds, whereabouts }]) => ({
        ...{ name, title, places, plans, whereabouts: whereabouts() },
        settings: Object.entries(settings).map(settingLine),
        deeds: Object.entries(deeds).map(([deed, { needsPlace = false, needsWords = false }]) => ({
          ...{ deed, needsPlace, needsWords },
        })),
      }),
    ),
  });
  const changed = (line?: string) => {
    if (line !== undefined) lines.unshift(line);
    lines.length = Math.min(lines.length, LINES);
    for (const response of watching) response.write(`data: ${JSON.stringify(state())}\n\n`);
  };

  async function act(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request) {
      size += (chunk as Buffer).length;
      if (size > BODY) throw new Error('That is too much.');
      chunks.push(chunk as Buffer);
    }
    await player.act(wish.parse(JSON.parse(Buffer.concat(chunks).toString())));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const end = (status: number, text = '') => void response.writeHead(status, HEADERS).end(text);
    // A web page from elsewhere must not play with it, neither by a name that points here nor by a form.
    if (!isOurs(request)) return end(403, 'This page is for this machine alone.');
    if (request.method === 'POST') {
      if (pathname === '/play') player.play();
      else if (pathname === '/do') await act(request);
      else return end(404);
      return end(204);
    }
    if (pathname === '/state') {
      response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(state())}\n\n`);
      watching.add(response);
      response.on('close', () => watching.delete(response));
      return;
    }
    const [file, type] = FILES[pathname] ?? [];
    if (!file) return end(404);
    const content = await readFile(file);
    response.writeHead(200, { ...HEADERS, 'content-type': type }).end(content);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      const text = error instanceof z.ZodError ? 'That is no deed.' : error.message;
      if (response.headersSent) response.destroy();
      else response.writeHead(400, HEADERS).end(text);
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    changed,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function isOurs({ method, headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers;
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return false;
  return method !== 'POST' || origin === `http://${host}`;
}
