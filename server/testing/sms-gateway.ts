// An SMS gateway for tests: takes what is signed and fresh, once under each id, and fails as told.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface SmsGateway extends AsyncDisposable {
  /** For SMS_WEBHOOK_URL. */
  readonly url: string;
  readonly messages: { id: string; to: string; text: string }[];
  /** What befalls each request to come. */
  readonly faults: (number | 'cut')[];
  /** Requests that were not taken for ours. */
  readonly forged: number;
}

const FRESH = 300;

export async function openSmsGateway(secret: string): Promise<SmsGateway> {
  const messages: SmsGateway['messages'] = [];
  const faults: SmsGateway['faults'] = [];
  let forged = 0;
  const server = createServer(async (req, res) => {
    const body = await text(req);
    if (req.method !== 'POST') return res.writeHead(405).end();
    const header = (name: string) => String(req.headers[`webhook-${name}`]);
    const [id, at] = [header('id'), header('timestamp')];
    const expected = createHmac('sha256', secret).update(`${id}.${at}.${body}`).digest('base64');
    if (header('signature') !== `v1,${expected}` || Math.abs(Date.now() / 1000 - Number(at)) > FRESH) {
      forged++;
      return res.writeHead(401).end();
    }
    const fault = faults.shift();
    if (typeof fault === 'number') return res.writeHead(fault).end();
    if (!messages.some(one => one.id === id)) messages.push(JSON.parse(body));
    if (fault === 'cut') return res.destroy();
    res.writeHead(202).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`,
    messages,
    faults,
    get forged() {
      return forged;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
