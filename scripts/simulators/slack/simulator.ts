// Slack on loopback, for tests, benchmarks and the demo: one workspace with one app in it, behind the Web API and Socket Mode that Slack's own
// clients speak, with its rate limits, and with whatever should go wrong.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ZodError } from 'zod';
import { createRandom } from '../../chaos/random.ts';
import { act, show } from './control.ts';
import { createGate, type Fault, type Token } from './gate.ts';
import { type Context, type Method, methods, type Whisper } from './methods.ts';
import { type Event, Refusal } from './shapes.ts';
import { createSockets, type SocketOptions, type Sockets } from './sockets.ts';
import { createTalk, type Talk } from './talk.ts';
import { APP, BOT_USER, createWorkspace, TEAM, type Workspace } from './workspace.ts';

export interface SlackSimulator extends AsyncDisposable {
  /** For SLACK_API_URL. */
  readonly apiUrl: string;
  /** For SLACK_TOKEN and SLACK_APP_TOKEN. */
  readonly botToken: string;
  readonly appToken: string;
  readonly tokens: ReadonlyMap<string, Token>;
  readonly workspace: Workspace;
  readonly talk: Talk;
  readonly sockets: Sockets;
  readonly faults: ReadonlySet<Fault>;
  /** How often each kind of fault befell a call. */
  readonly struck: ReadonlyMap<Fault['kind'], number>;
  readonly chances: SocketOptions['chances'];
  /** Of answers that only one person sees. */
  readonly whispers: readonly Whisper[];
  /** Calls so far, by method. */
  readonly calls: ReadonlyMap<string, number>;
  fail(fault: Fault): void;
  /** Ends all faults. */
  mend(): void;
  revoke(error: NonNullable<Token['broken']>): void;
  restore(): void;
  /** Types `/court text`. Resolves with the app's first answer, or Slack's complaint when none came in 3 s. */
  command(channel: string, user: string, text: string): Promise<string>;
}

export interface SimulatorOptions {
  /** 0, the default: any free one. */
  port?: number;
  /** Slack's rate limits; on by default. */
  limits?: boolean;
  seed?: number;
  /** New ones, if missing. */
  tokens?: { readonly bot: string; readonly app: string };
  /** After how many ms an envelope that failed is sent again. */
  retryMs?: readonly number[];
  pingMs?: number;
}

const MAX_BODY = 1_000_000;
const SCOPES = [
  ...['chat:write', 'chat:write.customize', 'commands', 'users:read', 'users:read.email'],
  ...['users.profile:read', 'dnd:read', 'reactions:read', 'reactions:write'],
  ...['channels:read', 'channels:history', 'channels:join', 'groups:read', 'groups:history'],
];

export async function openSlackSimulator(options: SimulatorOptions = {}): Promise<SlackSimulator> {
  const { port = 0, limits = true, seed = 1, retryMs = [0, 60_000, 300_000], pingMs = 5000 } = options;
  const random = createRandom(seed);
  const chances = { duplicate: 0, reorder: 0 };
  const gate = createGate(random.fork(), { limits });
  const sockets = createSockets({ random: random.fork(), chances, pingMs, ackMs: 3000, retryMs });
  const tell = (event: Event) =>
    sockets.deliver({
      token: 'unused',
      team_id: TEAM,
      api_app_id: APP,
      type: 'event_callback',
      event_id: `Ev${crypto.randomUUID().replaceAll('-', '').slice(0, 12).toUpperCase()}`,
      event_time: Math.floor(Number(event.event_ts)),
      authorizations: [{ enterprise_id: null, team_id: TEAM, user_id: BOT_USER, is_bot: true }],
      event,
    });
  const workspace = createWorkspace(tell);
  const talk = createTalk(workspace, tell);
  const known = methods();
  const whispers: Whisper[] = [];
  const replies = new Map<string, Omit<Whisper, 'text'>>();
  const calls = new Map<string, number>();
  const closing = new AbortController();
  const { bot: botToken, app: appToken } = options.tokens ?? {
    bot: `xoxb-${crypto.randomUUID()}`,
    app: `xapp-1-${APP}-${crypto.randomUUID()}`,
  };
  gate.tokens.set(botToken, { kind: 'bot', scopes: [...SCOPES] });
  gate.tokens.set(appToken, { kind: 'app', scopes: ['connections:write'] });

  function run(method: Method, request: IncomingMessage, args: Record<string, string>): object {
    const token = gate.admit(request.headers.authorization, method.token ?? 'bot', method.scope);
    const newSocketUrl = () => `${url.replace('http', 'ws')}/link/?ticket=${sockets.newTicket()}`;
    const context: Context = { url, workspace, talk, token, whispers, newSocketUrl };
    return { ok: true, ...method.run(args, context) };
  }

  async function call(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    calls.set(name, (calls.get(name) ?? 0) + 1);
    const args = Object.fromEntries(new URLSearchParams(await body(request)));
    const fault = gate.strike(name);
    if (fault?.kind === 'status') return void response.writeHead(fault.status).end('upstream error');
    const method = known.get(name);
    const wait =
      fault?.kind === 'rate_limited'
        ? fault.retryAfter
        : method && gate.limit(name, method.tier, args.channel ?? '');
    if (wait !== undefined) {
      response.writeHead(429, { 'retry-after': String(wait) });
      return void response.end(JSON.stringify({ ok: false, error: 'ratelimited' }));
    }
    let answer: object;
    try {
      if (fault?.kind === 'error') throw new Refusal(fault.error, fault.extra);
      if (!method) throw new Refusal('unknown_method');
      answer = run(method, request, args);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer = { ok: false, error: error.message, ...error.extra };
    }
    if (fault?.kind === 'cut') return void request.socket.destroy();
    if (fault?.kind === 'slow') await delay(fault.ms, undefined, { signal: closing.signal });
    const secret = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const scopes = gate.tokens.get(secret)?.scopes.join(',') ?? '';
    json(response, answer, { 'x-oauth-scopes': scopes });
  }

  async function control(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') return json(response, show(simulator));
    try {
      json(response, { ok: true, result: await act(simulator, JSON.parse(await body(request))) });
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof ZodError || error instanceof SyntaxError))
        throw error;
      json(response, { ok: false, error: error.message });
    }
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, where = '', name = ''] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/');
    if (where === 'api' && request.method === 'POST') return call(name, request, response);
    if (where === 'control') return control(request, response);
    const reply = where === 'commands' ? replies.get(name) : undefined;
    if (!reply) return void response.writeHead(404).end();
    const { text = '' } = JSON.parse(await body(request)) as { text?: string };
    whispers.push({ ...reply, text });
    response.end('ok');
  }

  const server = createServer((request, response) => {
    // Only a client or a simulator that goes away ends up here.
    route(request, response).catch(() => response.destroy());
  });
  server.on('upgrade', sockets.upgrade);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const all = () => [...gate.tokens.values()];
  const simulator: SlackSimulator = {
    apiUrl: `${url}/api/`,
    botToken,
    appToken,
    tokens: gate.tokens,
    workspace,
    talk,
    sockets,
    faults: gate.faults,
    struck: gate.struck,
    chances,
    whispers,
    calls,
    fail: fault => void gate.faults.add({ ...fault }),
    mend: () => gate.faults.clear(),
    revoke(error) {
      for (const token of all()) token.broken = error;
      sockets.cut();
    },
    restore() {
      for (const token of all()) delete token.broken;
    },
    async command(channel, user, text) {
      const name = crypto.randomUUID();
      replies.set(name, { channel, user });
      const answer = await sockets.ask({
        command: '/court',
        text,
        team_id: TEAM,
        api_app_id: APP,
        channel_id: channel,
        channel_name: workspace.channel(channel).name,
        user_id: user,
        user_name: workspace.user(user).name,
        response_url: `${url}/commands/${name}`,
        trigger_id: `${Date.now()}.${name}`,
      });
      if (!answer) return '/court failed with the error "operation_timeout"';
      return (answer.payload as { text?: string } | undefined)?.text ?? '';
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      sockets.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return simulator;
}

async function body(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAX_BODY) throw new Error('The body is too large.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function json(response: ServerResponse, answer: object, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(answer));
}
