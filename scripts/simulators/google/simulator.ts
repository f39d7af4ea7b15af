// Google on loopback, for tests and local work: OAuth and OIDC, Calendar and Drive at one address, with faults on demand.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { meet } from '../faults.ts';
import { type Account, type DriveFile, makeAccount } from './accounts.ts';
import { type Answer, notFound, problem } from './answers.ts';
import { type Calendars, createCalendars } from './calendar.ts';
import { type Channels, createChannels } from './channels.ts';
import { getFile } from './drive.ts';
import { answerOf, type Fault } from './faults.ts';
import { createOAuth, type OAuth } from './oauth.ts';

export interface GoogleSimulator extends AsyncDisposable {
  /** For GOOGLE_ROOT_URL. */
  readonly url: string;
  /** For GOOGLE_CREDENTIALS: an OAuth client, a service account, or both in one. */
  readonly credentials: Readonly<Record<'client' | 'service' | 'both', string>>;
  readonly oauth: OAuth;
  readonly calendars: Calendars;
  readonly channels: Channels;
  readonly faults: Fault[];
  /** Added to the clock that is told in the Date header, in ms. */
  skew: number;
  /** Requests so far, by method and path. */
  readonly requests: ReadonlyMap<string, number>;
  addPerson(email: string, given?: Partial<Account>): Account;
  removePerson(email: string): void;
  addFile(email: string, file: Partial<DriveFile> & { name: string; mimeType: string }): DriveFile;
}

export interface SimulatorOptions {
  /** 0, the default: any free one. */
  port?: number;
  now?(): number;
}

export async function openGoogleSimulator({
  port = 0,
  now = Date.now,
}: SimulatorOptions = {}): Promise<GoogleSimulator> {
  const accounts = new Map<string, Account>();
  const requests = new Map<string, number>();
  const closing = new AbortController();
  const oauth = await createOAuth({ accounts, now });
  const calendars = createCalendars(accounts);
  const channels = createChannels({ calendars, now });
  calendars.changed = channels.changed;

  async function route(request: IncomingMessage, url: URL): Promise<Answer> {
    const call = `${request.method} ${url.pathname}`;
    const text = (await request.toArray()).join('');
    if (call === 'GET /o/oauth2/v2/auth') return oauth.authorize(url.searchParams);
    if (call === 'POST /token') return oauth.token(new URLSearchParams(text));
    if (call === 'GET /favicon.ico') return { status: 204 };
    if (call === 'GET /oauth2/v3/certs') return { status: 200, body: oauth.keys.published };

    const token = oauth.bearer(request.headers.authorization);
    if (!token) return problem(401, 'authError', 'Request had invalid authentication credentials.');
    if (call === 'POST /calendar/v3/freeBusy') return calendars.freeBusy(token, JSON.parse(text));
    if (call === 'POST /calendar/v3/channels/stop') return channels.stop(token, JSON.parse(text));
    const [, calendar, watch] =
      /^\/calendar\/v3\/calendars\/([^/]+)\/events(\/watch)?$/.exec(url.pathname) ?? [];
    if (calendar && watch && request.method === 'POST')
      return channels.watch(token, decodeURIComponent(calendar), JSON.parse(text));
    if (calendar && request.method === 'GET') {
      const get = (name: string) => url.searchParams.get(name);
      return calendars.list(token, decodeURIComponent(calendar), {
        timeMin: get('timeMin'),
        timeMax: get('timeMax'),
        pageToken: get('pageToken'),
        syncToken: get('syncToken'),
      });
    }
    const file = /^\/drive\/v3\/files\/([^/]+)$/.exec(url.pathname)?.[1];
    if (file && request.method === 'GET') return getFile(token, file, url.searchParams.get('fields'));
    return notFound(url.pathname);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const call = `${request.method} ${url.pathname}`;
    requests.set(call, (requests.get(call) ?? 0) + 1);
    const fault = meet(simulator.faults, url.pathname);
    if (fault?.kind === 'cut') return void response.destroy();
    const { status, body, headers } = answerOf(fault) ?? (await route(request, url));
    if (fault?.kind === 'slow') await delay(fault.ms, undefined, { signal: closing.signal });
    const json = typeof body === 'object';
    response.writeHead(status, {
      date: new Date(now() + simulator.skew).toUTCString(),
      'content-type': json ? 'application/json; charset=UTF-8' : 'text/plain',
      ...headers,
    });
    response.end(json ? JSON.stringify(body) : body);
  }

  const server = createServer((request, response) => {
    // Only a client or a simulator that goes away ends up here.
    answer(request, response).catch(() => response.destroy());
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const web = { ...oauth.client, redirect_uris: ['http://127.0.0.1:3000/api/auth/google/callback'] };
  const simulator: GoogleSimulator = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: {
      client: JSON.stringify({ web }),
      service: JSON.stringify(oauth.service),
      both: JSON.stringify({ web, ...oauth.service }),
    },
    oauth,
    calendars,
    channels,
    faults: [],
    skew: 0,
    requests,
    addPerson(email, given) {
      const account = makeAccount(email, given);
      accounts.set(email, account);
      return account;
    },
    removePerson: email => void accounts.delete(email),
    addFile(email, given) {
      const id = given.id ?? crypto.randomUUID();
      const file: DriveFile = {
        id,
        iconLink: `https://drive-thirdparty.googleusercontent.com/16/type/${given.mimeType}`,
        webViewLink: `https://docs.google.com/document/d/${id}/edit`,
        ...given,
      };
      accounts.get(email)?.files.set(id, file);
      return file;
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await channels.settled();
    },
  };
  return simulator;
}
