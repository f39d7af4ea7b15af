// A push service and the browsers behind it, for tests: takes pushes by HTTP, checks who signed them (VAPID), and decrypts them as a browser does
// (RFC 8291), by Node's own cryptography alone. Fails as told.
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { importJWK, jwtVerify } from 'jose';
import type { PushSubscription } from '#shared/protocol/outbox.ts';

export interface ReceivedPush {
  /** Of the browser. */
  readonly id: string;
  readonly topic: string;
  readonly ttl: number;
  readonly urgency: string;
  /** The key that signed it. */
  readonly signedBy: string;
  readonly subject: string;
  readonly payload: { title: string; body: string; place: string; level: string; tag: string };
}

/** A status to answer with, or what else befalls. */
export type PushFault = number | 'cut' | 'hang';

export interface PushReceiver extends AsyncDisposable {
  /** A browser that wants pushes. */
  browser(id: string): PushSubscription;
  readonly pushes: ReceivedPush[];
  of(id: string): ReceivedPush[];
  /** What befalls each push to come of a browser. */
  readonly faults: Map<string, PushFault[]>;
}

export async function openPushReceiver(): Promise<PushReceiver> {
  const browsers = new Map<string, { curve: ReturnType<typeof createECDH>; auth: Buffer }>();
  const pushes: ReceivedPush[] = [];
  const faults: PushReceiver['faults'] = new Map();
  const server = createServer(async (req, res) => {
    const id = decodeURIComponent(req.url?.slice('/push/'.length) ?? '');
    const browser = browsers.get(id);
    const sealed = await buffer(req);
    const fault = faults.get(id)?.shift();
    if (fault === 'cut') return res.destroy();
    if (fault === 'hang') return;
    if (fault !== undefined) return res.writeHead(fault, { 'Retry-After': '0' }).end();
    if (!browser) return res.writeHead(404).end();
    try {
      const { key, subject } = await signer(req.headers.authorization ?? '', url);
      pushes.push({
        id,
        topic: String(req.headers.topic),
        ttl: Number(req.headers.ttl),
        urgency: String(req.headers.urgency),
        signedBy: key,
        subject,
        payload: JSON.parse(decrypt(sealed, browser.curve, browser.auth)),
      });
      res.writeHead(201).end();
    } catch (error) {
      res.writeHead(400).end((error as Error).message);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    browser(id) {
      const curve = createECDH('prime256v1');
      const auth = randomBytes(16);
      const p256dh = curve.generateKeys().toString('base64url');
      browsers.set(id, { curve, auth });
      return {
        endpoint: `${url}/push/${encodeURIComponent(id)}`,
        keys: { p256dh, auth: auth.toString('base64url') },
      };
    },
    pushes,
    of: id => pushes.filter(push => push.id === id),
    faults,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `vapid t=JWT, k=KEY` */
async function signer(header: string, audience: string): Promise<{ key: string; subject: string }> {
  const [, token = '', key = ''] = /^vapid t=([^,]+), *k=(.+)$/.exec(header) ?? [];
  const point = Buffer.from(key, 'base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33, 65).toString('base64url'),
  };
  const { payload } = await jwtVerify(token, await importJWK(jwk, 'ES256'), {
    audience,
    algorithms: ['ES256'],
  });
  return { key, subject: String(payload.sub) };
}

/** One record of aes128gcm (RFC 8188) with the keys of RFC 8291. */
function decrypt(sealed: Buffer, browser: ReturnType<typeof createECDH>, auth: Buffer): string {
  const salt = sealed.subarray(0, 16);
  const keyLength = sealed[20] as number;
  const theirs = sealed.subarray(21, 21 + keyLength);
  const record = sealed.subarray(21 + keyLength);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), browser.getPublicKey(), theirs]);
  const secret = Buffer.from(hkdfSync('sha256', browser.computeSecret(theirs), auth, info, 32));
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', secret, salt, `Content-Encoding: ${purpose}\0`, bytes));
  const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
  decipher.setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  // 2 ends the last record; what follows is padding.
  return plain.subarray(0, plain.lastIndexOf(2)).toString();
}
