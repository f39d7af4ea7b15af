// Where the hub sends what others gave it an address for (attack 23): judged by the address that a name leads to just then, with an end to all patience.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
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

test.run();
