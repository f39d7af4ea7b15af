// The door: who is let in, what the others are told, and how a session ends.
import { request } from 'node:http';
import { io } from 'socket.io-client';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pushes } from '#shared/protocol/pushes.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect } from '../testing/client.ts';

const test = suite('handshake');
let hub: TestHub;

test.before(async () => {
  hub = await boot({ env: { MAX_CONNECTIONS_PER_USER: '2', ALLOWED_ORIGINS: 'https://friend.example' } });
});
test.after(async () => hub[Symbol.asyncDispose]());

/** The `err.data` of a refused handshake, or the message where the transport refused. */
async function refusal(
  auth: object,
  options: object = {},
): Promise<{ code?: string; retryAfterMs?: number }> {
  try {
    const client = await connect(hub.url, auth, options);
    await client[Symbol.asyncDispose]();
  } catch (error) {
    return (error as { data?: object }).data ?? {};
  }
  throw new Error('was let in');
}

/** The status that an upgrade gets. */
const upgrade = (path: string, headers: object = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const asked = request(`${hub.url}${path}`, {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    asked.on('response', response => {
      response.resume();
      resolve(response.statusCode as number);
    });
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode as number);
    });
    asked.on('error', reject);
    asked.end();
  });

test('a welcome says who one is, by which rules, and where', async () => {
  await using client = await connect(hub.url, {
    token: await hub.token('ada', { name: 'Ada' }),
    client: 'test/1.0.0',
  });
  const welcome = await client.push('welcome');
  assert.ok(pushes.welcome.safeParse(welcome).success);
  assert.equal(welcome.user, { id: 'ada', name: 'Ada', role: 'member' });
  assert.is(welcome.limits.textBytes, 16_384);
});

test('refusals name their reason', async () => {
  const token = await hub.token('ada');
  assert.is((await refusal({})).code, 'unauthenticated');
  assert.is((await refusal({ token: 'x.y.z' })).code, 'unauthenticated');
  assert.is((await refusal({ token: { a: 1 } })).code, 'unauthenticated');
  assert.is((await refusal({ token: await hub.token('ada', { seconds: -60 }) })).code, 'token_expired');
  for (const protocol of [2, '1', null, undefined]) {
    assert.is((await refusal({ token, protocol })).code, 'unsupported_protocol');
  }
});

test('one person has a limited number of sockets', async () => {
  const token = await hub.token('crowd');
  await using _one = await connect(hub.url, { token });
  const two = await connect(hub.url, { token });
  const refused = await Promise.all(Array.from({ length: 10 }, () => refusal({ token })));
  for (const { code, retryAfterMs = 0 } of refused) assert.ok(code === 'unavailable' && retryAfterMs >= 3000);
  // Those who are turned away together do not come back together.
  assert.ok(new Set(refused.map(({ retryAfterMs }) => retryAfterMs)).size > 1);
  await two[Symbol.asyncDispose]();
  // The place is free again once the hub has noticed.
  for (let tries = 0; ; tries++) {
    try {
      await (await connect(hub.url, { token }))[Symbol.asyncDispose]();
      break;
    } catch (error) {
      if (tries > 50) throw error;
    }
  }
});

test('foreign origins and tokens in the address do not get as far as a socket (attacks 1 and 2)', async () => {
  const path = '/socket.io/?EIO=4&transport=websocket';
  const host = new URL(hub.url).host;
  assert.is(await upgrade(path), 101);
  assert.is(await upgrade(path, { Origin: hub.url }), 101);
  assert.is(await upgrade(path, { Origin: 'https://friend.example' }), 101);
  const foreign = [
    'https://evil.example',
    'null',
    'https://friend.example.evil.example',
    'https://friend.example:444',
    'http://friend.example',
    `http://${host}.evil.example`,
    `http://evil.example#${host}`,
    'https://friend.example@evil.example',
    'file://',
    '',
    'https://FRIEND.example.',
    'chrome-extension://abc',
  ];
  for (const origin of foreign) assert.is(await upgrade(path, { Origin: origin }), 400, origin);
  assert.is(await upgrade(`${path}&token=abc`), 400);
});

test('an old Engine.IO and an unknown transport are refused; compression is not negotiated (attack 4)', async () => {
  assert.is(await upgrade('/socket.io/?EIO=3&transport=websocket'), 400);
  const polled = await fetch(`${hub.url}/socket.io/?EIO=4&transport=polling`);
  assert.is(polled.status, 400);
  const client = io(hub.url, {
    auth: { token: await hub.token('ada'), protocol: 1 },
    transports: ['websocket'],
    forceNew: true,
    perMessageDeflate: { threshold: 0 },
  } as object);
  await new Promise<void>((resolve, reject) => {
    client.once('connect', resolve);
    client.once('connect_error', reject);
  });
  const { transport } = client.io.engine as unknown as { transport: { ws: { extensions: string } } };
  assert.is(transport.ws.extensions, '');
  client.close();
});

test('a socket lives no longer than its token, unless it is given a newer one (attack 13)', async () => {
  const token = await hub.token('brief', { seconds: 1 });
  await using ended = await connect(hub.url, { token });
  await using kept = await connect(hub.url, { token });
  const { expiresAt } = await kept.call('session:refresh', {
    token: await hub.token('brief', { seconds: 60 }),
  });
  assert.ok(Date.parse(expiresAt) > Date.now() + 30_000);
  assert.equal(await ended.push('session:end'), { code: 'expired', reconnect: true });
  await ended.until(() => ended.socket.disconnected);
  assert.is(kept.socket.connected, true);
  assert.is((await kept.refused('session:refresh', { token: await hub.token('else') })).code, 'forbidden');
  assert.is((await kept.refused('session:refresh', { token: 'x' })).code, 'unauthenticated');
});

test('signing out ends the session’s open sockets within two seconds (attack 12)', async () => {
  const login = await fetch(`${hub.url}/api/auth/guest`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Passing by' }),
  });
  const { accessToken } = (await login.json()) as { accessToken: string };
  await using other = await boot({ databaseUrl: hub.databaseUrl });
  await using here = await connect(hub.url, { token: accessToken });
  await using there = await connect(other.url, { token: accessToken });
  const began = performance.now();
  await fetch(`${hub.url}/api/auth/logout`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${accessToken}` },
  });
  for (const client of [here, there]) {
    assert.is((await client.push('session:end')).code, 'revoked');
  }
  // Two seconds, and what a busy machine adds; the token itself is good for an hour.
  assert.ok(performance.now() - began < 10_000);
  assert.is((await refusal({ token: accessToken })).code, 'unauthenticated');
});

test('a hub that closes says so first', async () => {
  const brief = await boot();
  await using client = await connect(brief.url, { token: await brief.token('ada') });
  const closing = brief[Symbol.asyncDispose]();
  const end = await client.push('session:end');
  assert.equal([end.code, end.reconnect], ['draining', true]);
  await closing;
});

test.run();
