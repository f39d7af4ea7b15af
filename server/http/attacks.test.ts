import { once } from 'node:events';
import net from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { notFound } from '../hub/errors.ts';
import type { HookDoor } from '../hub/hook-door.ts';
import { flowRates } from '../limits/flows.ts';
import { ALLOWED_ORIGIN, type Door, openDoor } from '../testing/door.ts';
import { assertRefused as refused } from '../testing/refusal.ts';

const test = suite<{ door: Door }>('http/attacks');
test.before(async context => {
  context.door = await openDoor({ hooks });
});
test.after(async ({ door }) => door[Symbol.asyncDispose]());

/** A webhook's address, and a domain behind it that breaks when told. */
const HOOK = `canary-${'x'.repeat(36)}`;
const hooks: HookDoor = {
  async find(token) {
    if (token !== HOOK) throw notFound('There is no such webhook.');
    return { id: 'one', room: 'hall', user: { id: 'bot', name: 'Bot' }, kept: true, member: true };
  },
  async post(_speaker, words) {
    const { text } = words as { text: string };
    if (text === 'break') throw new Error('a fault of ours');
    return { id: '00000000-0000-4000-8000-000000000000', seq: 1, epoch: 'e', at: new Date().toISOString() };
  },
};

const POSTS = ['register', 'login', 'guest', 'link', 'refresh', 'logout', 'bots'].map(
  name => `/api/auth/${name}`,
);

/** Sends bytes as they are and returns all that comes back until the server closes. */
async function raw(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.write(text);
  return (await socket.toArray()).join('');
}

test('attack 2: a token in the address is refused on every route and never logged', async ({ door }) => {
  const { body } = await door.ask('/api/auth/guest', { body: {} });
  const token = body.accessToken as string;
  for (const name of [
    'token',
    'access_token',
    'accessToken',
    'ACCESS_TOKEN',
    'refresh_token',
    'jwt',
    'bearer',
    'id_token',
  ])
    refused(await door.ask(`/api/me?${name}=${token}`), 400, 'bad_request');
  refused(await door.ask(`/api/me?x=${token}`), 401, 'unauthenticated');
  for (const path of POSTS)
    refused(await door.ask(`${path}?token=${token}`, { body: {} }), 400, 'bad_request');
  await door.ask(`/api/auth/link/${token}`, { body: {} });
  await door.ask(`/?token=${token}`);
  await door.ask(`/healthz?token=${token}`);
  assert.ok(door.logged.some(line => line.includes('/api/me')));
  assert.not.match(door.logged.join(''), token.slice(-20));
});

test('attack 8: a parameter that stands twice is refused', async ({ door }) => {
  refused(await door.ask('/api/me?a=1&a=2'), 400, 'bad_request');
  refused(await door.ask('/api/auth/login?email=a&email=b', { body: {} }), 400, 'bad_request');
});

test('attack 8: two lengths, or a length and chunks, are refused before any route', async ({ door }) => {
  const head = 'POST /api/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const smuggled = 'GET /api/me HTTP/1.1\r\nHost: x\r\n\r\n';
  for (const lengths of [
    'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
    'Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}',
    'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
    'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
    'Content-Length: +2\r\n\r\n{}',
  ]) {
    const answer = await raw(door.port, `${head}${lengths}${smuggled}`);
    assert.match(answer, /^HTTP\/1\.1 400 /, lengths);
    assert.is(answer.split('HTTP/1.1').length, 2, 'one answer, the second request was not seen');
  }
});

test('attack 8: a POST that dribbles is cut off with 408', async () => {
  const timing = { headersTimeout: 200, connectionsCheckingInterval: 20 };
  await using door = await openDoor({ server: timing, bodies: { body: 300 } });
  const head = 'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  assert.match(await raw(door.port, `${head}Content-Length: 100\r\n\r\n{"email`), /^HTTP\/1\.1 408 /);
  assert.match(await raw(door.port, head), /^HTTP\/1\.1 408 /);
});

test('attack 15: pages of other sites cannot use what sets or reads a cookie', async ({ door }) => {
  const { cookie } = await door.ask('/api/auth/guest', { body: {} });
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'https://chat.example.com.evil.example' },
    { origin: 'http://127.0.0.1' },
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'cross-site' },
  ];
  for (const path of POSTS) {
    for (const headers of foreign) {
      const answer = await door.ask(path, { body: {}, headers, cookie: cookie as string });
      refused(answer, 403, 'forbidden');
      assert.is(answer.headers['set-cookie'], undefined);
    }
  }
  const own = { origin: `http://127.0.0.1:${door.port}`, 'sec-fetch-site': 'same-origin' };
  const next = await door.ask('/api/auth/refresh', { body: {}, headers: own, cookie: cookie as string });
  assert.is(next.status, 200);
  const allowed = { origin: ALLOWED_ORIGIN, 'sec-fetch-site': 'cross-site' };
  assert.is(
    (await door.ask('/api/auth/refresh', { body: {}, headers: allowed, cookie: next.cookie as string }))
      .status,
    200,
  );
});

test('attack 15: what a plain HTML form can send is refused', async ({ door }) => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    refused(
      await door.ask('/api/auth/guest', { body: '{"name":"x"}', headers: { 'content-type': type } }),
      400,
      'bad_request',
    );
});

test('attack 15: an origin is answered only when it is on the list, never reflected', async ({ door }) => {
  for (const origin of ['https://evil.example', 'null', `${ALLOWED_ORIGIN}.evil.example`]) {
    const answer = await door.ask('/api/me', { headers: { origin } });
    assert.is(answer.headers['access-control-allow-origin'], undefined);
    assert.match(answer.headers.vary ?? '', 'Origin');
    const preflight = await door.ask('/api/me', { method: 'OPTIONS', headers: { origin } });
    refused(preflight, 403, 'forbidden');
  }
  const headers = { origin: ALLOWED_ORIGIN, 'access-control-request-method': 'POST' };
  const preflight = await door.ask('/api/auth/login', { method: 'OPTIONS', headers });
  assert.is(preflight.status, 204);
  assert.is(preflight.headers['access-control-allow-origin'], ALLOWED_ORIGIN);
  assert.is(preflight.headers['access-control-allow-credentials'], 'true');
  assert.match(preflight.headers['access-control-allow-headers'] ?? '', 'Authorization');
});

test('attack 20: nobody makes themselves an administrator', async ({ door }) => {
  const body = {
    email: 'mass@example.com',
    password: 'correct horse',
    role: 'admin',
    id: 'root',
    disabled: false,
  };
  const answer = await door.ask('/api/auth/register', { body });
  assert.is(answer.status, 201);
  assert.is(answer.body.user.role, 'member');
  assert.is.not(answer.body.user.id, 'root');
  assert.is((await door.ask('/api/auth/guest', { body: { role: 'admin' } })).body.user.role, 'guest');
});

test('attack 20: __proto__ and constructor are refused on every route, prototypes stay untouched', async ({
  door,
}) => {
  const makeAdmin = await door.people.makeLink({ id: 'root', name: 'Root', role: 'admin' });
  const bearer = (await door.ask('/api/auth/link', { body: { token: makeAdmin } })).body.accessToken;
  for (const path of POSTS) {
    for (const body of [
      '{"__proto__":{"role":"admin"}}',
      '{"constructor":{"prototype":{"role":"admin"}}}',
      '{"name":"x","deep":[{"prototype":1}]}',
    ]) {
      refused(await door.ask(path, { body, bearer }), 400, 'bad_request');
    }
  }
  assert.is(({} as { role?: string }).role, undefined);
});

test('bodies that are broken, huge, compressed or in another alphabet get their own answer', async ({
  door,
}) => {
  const ask = (body: string, headers = {}) => door.ask('/api/auth/login', { body, headers });
  for (const body of ['{', '"text"', '7', 'null', '{"a":1}}', "{'a':1}", '\0', '{"a":\u0001}'])
    refused(await ask(body), 400, 'bad_request');
  refused(await ask(`{"email":"${'x'.repeat(65_536)}"}`), 413, 'too_large');
  refused(await ask('['.repeat(60_000)), 400, 'bad_request');
  refused(await ask('['.repeat(30_000) + ']'.repeat(30_000)), 400, 'bad_request');
  refused(await ask('{}', { 'content-encoding': 'gzip' }), 400, 'bad_request');
  refused(await ask('{}', { 'content-type': 'application/json; charset=utf-7' }), 400, 'bad_request');
  refused(await ask('{}', { 'content-type': 'application/json; charset=made-up' }), 400, 'bad_request');
});

test('an error never repeats what was sent, and a fault of ours is told by a number alone (attack 30)', async () => {
  const broken = () => Promise.reject(new Error('relation "users" is in pieces at /home/hub'));
  await using door = await openDoor({ readiness: broken });
  const answer = await door.ask('/api/auth/login', { body: '{"password":"canary-7731"' });
  assert.not.match(answer.text + door.logged.join(''), 'canary');
  const fault = await door.ask('/readyz');
  refused(fault, 500, 'internal');
  assert.not.match(fault.text, /pieces|home|Error|at /);
  assert.match(fault.text, fault.headers['x-request-id'] as string);
  assert.ok(
    door.logged.some(
      line => line.includes('in pieces') && line.includes(fault.headers['x-request-id'] as string),
    ),
  );
});

test('every unknown address under /api is 404 in JSON, whatever the method', async ({ door }) => {
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'])
    for (const path of [
      '/api',
      '/api/',
      '/api/nothing',
      '/api/auth/nothing',
      '/api/admin',
      '/api/metrics',
      '/api/%2e%2e/x',
    ])
      refused(await door.ask(path, { method, headers: { accept: 'text/html' } }), 404, 'not_found');
  for (const path of POSTS) refused(await door.ask(path), 404, 'not_found');
  refused(await door.ask('/api/%E0%A4%A'), 404, 'not_found');
});

test('a client that hangs up in the middle of its body leaves no fault behind', async ({ door }) => {
  const socket = net.connect(door.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"em',
  );
  const before = door.logged.length;
  socket.destroy();
  assert.is((await door.ask('/healthz')).status, 200);
  assert.ok(door.logged.slice(before).every(line => JSON.parse(line).level < 50));
});

test('attacks 2 and 30: the address of a webhook is in no log, whatever comes of it; nor is a word of what was said', async ({
  door,
}) => {
  const path = `/api/hooks/${HOOK}`;
  const ask = (body: unknown, headers?: Record<string, string>) =>
    door.ask(path, { body, ...(headers && { headers }) });
  assert.is((await ask({ text: 'canary words' })).status, 200);
  refused(await ask('{"canary'), 400, 'bad_request');
  refused(await ask({ text: 'break' }), 500, 'internal');
  refused(await ask({ text: 'canary words' }, { 'content-type': 'text/html' }), 400, 'bad_request');
  refused(await door.ask(path), 404, 'not_found');
  refused(await door.ask(`${path}/more`, { body: {} }), 404, 'not_found');
  refused(await door.ask(`${path}?token=${HOOK}`, { body: {} }), 400, 'bad_request');
  assert.ok(door.logged.length >= 7);
  assert.not.match(door.logged.join(''), 'canary');
});

test('each webhook has a rate of its own, told by 429 and Retry-After; a guess costs it nothing', async ({
  door,
}) => {
  const { burst } = flowRates['call.hook'];
  const post = (token = HOOK) => door.ask(`/api/hooks/${token}`, { body: { text: 'x' } });
  for (let n = 0; n < 20; n++) refused(await post('nobody'), 404, 'not_found');
  const answers = await Promise.all(Array.from({ length: burst + 20 }, () => post()));
  const late = answers.filter(({ status }) => status === 429);
  // Others of this file have spoken through it, too.
  assert.ok(answers.filter(({ status }) => status === 200).length >= burst - 10);
  assert.ok(late.length > 0);
  for (const answer of late) {
    refused(answer, 429, 'rate_limited');
    assert.ok(Number(answer.headers['retry-after']) >= 1);
  }
});

test.run();
