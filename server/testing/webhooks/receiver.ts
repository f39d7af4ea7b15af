// A receiver of webhooks for tests, as docs/webhooks.md tells people to write one: checks signature and age, takes each id once, and fails as told.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type HookBody, hookBody } from '#shared/protocol/hooks.ts';

/** A status to answer with, or what else befalls. `taken and cut`: it was taken, and we are not told. */
export type WebhookFault = number | 'cut' | 'taken and cut' | 'silent' | 'slow' | 'endless' | 'bomb';

export interface Received {
  readonly path: string;
  readonly id: string;
  readonly hops: string;
  readonly body: HookBody;
  /** How many of its signatures are by a secret that is known here. */
  readonly good: number;
}

export interface WebhookReceiver extends AsyncDisposable {
  /** Where it is, without a slash at the end; each path is a receiver of its own. */
  readonly url: string;
  /** `whsec_…`, by path; a path without any takes whatever comes. */
  readonly secrets: Map<string, string[]>;
  /** What befalls each request to come, by path. */
  readonly faults: Map<string, WebhookFault[]>;
  /** What was taken, once under each id. */
  of(path: string): Received[];
  /** Requests to this path, whatever became of them. */
  asked(path: string): number;
  /** Those that were not taken for ours. */
  readonly forged: number;
  /** What to do with what was taken, such as to say it elsewhere. */
  relay?: (one: Received) => Promise<void>;
}

const FRESH = 300;

export async function openWebhookReceiver(): Promise<WebhookReceiver> {
  const secrets: WebhookReceiver['secrets'] = new Map();
  const faults: WebhookReceiver['faults'] = new Map();
  const taken = new Map<string, Received>();
  const asked = new Map<string, number>();
  let forged = 0;

  const server = createServer(async (req, res) => {
    const path = req.url ?? '';
    asked.set(path, (asked.get(path) ?? 0) + 1);
    const body = await text(req);
    const fault = faults.get(path)?.shift();
    if (fault === 'cut') return res.destroy();
    if (fault === 'silent') return;
    if (fault === 'slow') return void trickle();
    if (fault === 'endless') return void flood();
    if (fault === 'bomb')
      return res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(4_000_000)));
    if (typeof fault === 'number')
      return res.writeHead(fault, { 'Retry-After': '0', Location: `${receiver.url}/elsewhere` }).end();
    const known = secrets.get(path);
    const good = (known ?? []).filter(secret => isSigned(req.headers, body, secret)).length;
    if (known && good === 0) {
      forged++;
      return res.writeHead(401).end();
    }
    const id = String(req.headers['webhook-id']);
    const hops = String(req.headers['x-court-hops']);
    const one = { path, id, hops, body: hookBody.parse(JSON.parse(body)), good };
    const fresh = !taken.has(`${path} ${id}`);
    if (fresh) taken.set(`${path} ${id}`, one);
    if (fault === 'taken and cut') return res.destroy();
    res.writeHead(204).end();
    if (fresh) await receiver.relay?.(one);

    function trickle() {
      res.writeHead(200);
      const timer = setInterval(() => res.write(' '), 20);
      res.once('close', () => clearInterval(timer));
    }
    function flood() {
      res.writeHead(200);
      const more = () => res.write('x'.repeat(65_536), () => !res.destroyed && more());
      more();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    faults,
    of: path => [...taken.values()].filter(one => one.path === path),
    asked: path => asked.get(path) ?? 0,
    get forged() {
      return forged;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

/** Of a message that was taken. */
export const textOf = ({ body }: Received): string =>
  String((body.data.event?.data as { text?: string })?.text);

/** By one of the signatures, and not of long ago. */
export function isSigned(
  headers: IncomingHttpHeaders,
  body: string,
  secret: string,
  now = Date.now(),
): boolean {
  const [id, at] = [headers['webhook-id'], headers['webhook-timestamp']];
  if (!(Math.abs(now / 1000 - Number(at)) <= FRESH)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .map(signature => Buffer.from(signature.replace(/^v1,/, ''), 'base64'))
    .some(given => given.length === expected.length && timingSafeEqual(given, expected));
}
