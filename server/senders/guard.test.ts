// Where the hub sends what others gave it an address for (attack 23): judged by the address that a name leads to just then, with an end to all patience.
import dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SendError } from '../hub/ports-outbox.ts';
import { createGuard } from './guard.ts';

const test = suite('senders/guard');

async function serve(listener: RequestListener) {
  let asked = 0;
  const server = createServer((req, res) => {
    asked++;
    listener(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get asked() {
      return asked;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
async function failure(work: Promise<unknown>): Promise<SendError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SendError) return error;
  throw new Error(`not refused, but ${error}`);
}

test('a name that leads into a private network is refused where the connection is made', async () => {
  await using inside = await serve((_req, res) => res.end());
  using guard = createGuard([]);
  guard.check(`https://localhost:${inside.port}/x`);
  const { kind, message } = await failure(guard.post(`https://localhost:${inside.port}/x`, {}, ''));
  assert.equal([kind, message], ['never', 'localhost is an address of a private network.']);
  assert.is((await failure(guard.post(`http://127.0.0.1:${inside.port}`, {}, ''))).kind, 'never');
  assert.is(inside.asked, 0);
});

test('a redirect is an answer, not a way on; silence and endless answers end', async () => {
  await using inside = await serve((_req, res) => res.end());
  await using outside = await serve((req, res) => {
    if (req.url === '/away') res.writeHead(302, { Location: `http://127.0.0.1:${inside.port}/` }).end();
    if (req.url === '/huge') {
      const more = () => res.write('x'.repeat(65_536), () => !res.destroyed && more());
      more();
    }
  });
  using guard = createGuard(['127.0.0.1'], 300);
  const at = (path: string) => guard.post(`http://127.0.0.1:${outside.port}${path}`, {}, 'x');
  assert.is((await at('/away')).status, 302);
  assert.is(inside.asked, 0);
  assert.is((await failure(at('/silence'))).message, 'No answer within 0.3 s.');
  assert.is((await failure(at('/huge'))).kind, 'later');
});

const INSIDE = [
  ...[
    '127.0.0.1',
    '127.1',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.5.4',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
  ],
  // Decimal, octal, hexadecimal and shortened: whatever a connection would understand.
  ...['2130706433', '017700000001', '0x7f000001', '0x7f.1', '0300.0250.1.1', '10.1'],
  ...['[::1]', '[::]', '[fe80::1]', '[fc00::1]', '[ff02::1]', '[2002:7f00:1::]', '[64:ff9b::7f00:1]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[0:0:0:0:0:ffff:a00:1]'],
];

test('every way to write an address inside is one of it; a name and password, and what is not https:, are refused', () => {
  using guard = createGuard([]);
  const refused = (url: string) => {
    try {
      guard.check(url);
    } catch {
      return true;
    }
    return false;
  };
  for (const host of INSIDE) assert.ok(refused(`https://${host}/hook`), host);
  for (const url of ['https://me:pass@hooks.example/', 'http://hooks.example/', 'http://8.8.8.8/'])
    assert.ok(refused(url), url);
  for (const url of ['https://hooks.example/x', 'https://8.8.8.8/x', 'https://[2606:4700::1111]/x'])
    assert.not(refused(url), url);
});

test('a name that means something else at the next look is judged at that look (DNS rebinding)', async () => {
  await using inside = await serve((_req, res) => res.end());
  const { lookup } = dns;
  let looks = 0;
  try {
    // Public when the webhook is made, ours when it is used; and in one answer with a public one.
    dns.lookup = ((
      _name: string,
      _options: object,
      done: (error: null, found: dns.LookupAddress[]) => void,
    ) => {
      looks++;
      done(null, [{ address: looks === 1 ? '127.0.0.1' : '::ffff:127.0.0.1', family: looks === 1 ? 4 : 6 }]);
    }) as unknown as typeof dns.lookup;
    using guard = createGuard([]);
    const url = `https://rebound.localhost:${inside.port}/`;
    guard.check(url);
    for (let n = 1; n <= 2; n++) {
      assert.is((await failure(guard.post(url, {}, ''))).kind, 'never');
      assert.is(looks, n);
    }
  } finally {
    dns.lookup = lookup;
  }
  assert.is(inside.asked, 0);
});

test('an answer that comes a byte at a time ends with the patience; one that is packed is not unpacked', async () => {
  const packed = gzipSync(Buffer.alloc(20_000_000));
  await using outside = await serve((req, res) => {
    if (req.url === '/packed') {
      res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(packed);
      return;
    }
    res.writeHead(200);
    const drip = setInterval(() => res.write('x'), 20);
    res.once('close', () => clearInterval(drip));
  });
  using guard = createGuard(['127.0.0.1'], 300);
  const at = (path: string, by = guard) => by.post(`http://127.0.0.1:${outside.port}${path}`, {}, 'x');
  assert.is((await failure(at('/drip'))).message, 'No answer within 0.3 s.');
  using patient = createGuard(['127.0.0.1']);
  const { status, body } = await at('/packed', patient);
  assert.is(status, 200);
  assert.ok(body.length < 100_000);
});

test.run();
