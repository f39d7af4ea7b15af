import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Answer, type Door, openDoor } from '../testing/door.ts';

const PAGE =
  '<!doctype html><meta property="csp-nonce" nonce="%CSP_NONCE%"><script nonce="%CSP_NONCE%" src="/assets/a-1.js"></script>';

const test = suite<{ door: Door; dir: string }>('http/web');
test.before(async context => {
  context.dir = await mkdtemp(path.join(tmpdir(), 'court-web-'));
  await mkdir(path.join(context.dir, 'dist/assets'), { recursive: true });
  await writeFile(path.join(context.dir, 'secret.txt'), 'outside');
  for (const [name, text] of Object.entries({
    'index.html': PAGE,
    'icon.svg': '<svg/>',
    '.env': 'SECRET=1',
    'assets/a-1.js': '1',
  }))
    await writeFile(path.join(context.dir, 'dist', name), text);
  context.door = await openDoor({ webDir: path.join(context.dir, 'dist') });
});
test.after(async ({ door, dir }) => {
  await door[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

const html = { headers: { accept: 'text/html' } };
const directive = (answer: Answer, name: string): string | undefined =>
  String(answer.headers['content-security-policy'])
    .split(';')
    .find(part => part.startsWith(`${name} `));

test('the page comes at / and at every address inside the client, and is never kept', async ({ door }) => {
  for (const at of ['/', '/index.html', '/rooms/lobby', '/rooms/lobby?thread=1']) {
    const answer = await door.ask(at, html);
    assert.is(answer.status, 200, at);
    assert.match(answer.headers['content-type'] ?? '', 'text/html');
    assert.is(answer.headers['cache-control'], 'no-cache');
    assert.match(answer.text, '<!doctype html>');
  }
});

test('attack 22: each page has a nonce of its own, the one that the policy allows', async ({ door }) => {
  const nonces = [];
  for (let n = 0; n < 2; n++) {
    const answer = await door.ask('/', html);
    const nonce = /<script nonce="([^"]+)"/.exec(answer.text)?.[1];
    assert.ok(nonce && nonce.length >= 22 && !nonce.includes('%'));
    assert.is(directive(answer, 'script-src'), `script-src 'self' 'nonce-${nonce}'`);
    assert.is(directive(answer, 'style-src'), `style-src 'self' 'nonce-${nonce}'`);
    nonces.push(nonce);
  }
  assert.is.not(nonces[0], nonces[1]);
});

test('attack 22: every answer carries the security headers, errors and files too', async ({ door }) => {
  for (const at of [
    '/',
    '/assets/a-1.js',
    '/icon.svg',
    '/nothing.js',
    '/api/me',
    '/api/nothing',
    '/healthz',
    '/readyz',
  ]) {
    const answer = await door.ask(at, html);
    assert.is(answer.headers['x-content-type-options'], 'nosniff', at);
    assert.is(answer.headers['referrer-policy'], 'no-referrer');
    assert.is(answer.headers['cross-origin-opener-policy'], 'same-origin');
    assert.is(answer.headers['x-frame-options'], 'DENY');
    assert.is(answer.headers['x-powered-by'], undefined);
    assert.is(answer.headers['strict-transport-security'], undefined, 'HSTS is for HTTPS');
    assert.match(answer.headers['x-request-id'] as string, /^[\da-f-]{36}$/);
    assert.is(directive(answer, 'default-src'), "default-src 'none'");
    assert.is(directive(answer, 'frame-ancestors'), "frame-ancestors 'none'");
    assert.is(directive(answer, 'connect-src'), `connect-src 'self' ws://127.0.0.1:${door.port}`);
    assert.not.match(String(answer.headers['content-security-policy']), /unsafe|\*|https?:/);
  }
});

test('attack 22: over HTTPS, browsers are told to stay there', async () => {
  await using door = await openDoor({ https: true });
  const answer = await door.ask('/healthz');
  assert.match(answer.headers['strict-transport-security'] ?? '', 'max-age=31536000');
  assert.match(directive(answer, 'connect-src') ?? '', 'wss://127.0.0.1');
  assert.match(String(answer.headers['content-security-policy']), 'upgrade-insecure-requests');
});

test('attack 22: a made-up Host header writes nothing into the policy', async ({ door }) => {
  const answer = await door.ask('/', { headers: { host: "x; script-src 'unsafe-inline' *" } });
  assert.is(answer.status, 200);
  assert.is(directive(answer, 'connect-src'), "connect-src 'self' 'self'");
  assert.not.match(String(answer.headers['content-security-policy']), 'unsafe-inline');
});

test('hashed files are kept for good, others are asked for again, missing ones are 404', async ({ door }) => {
  const hashed = await door.ask('/assets/a-1.js');
  assert.is(hashed.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.match(hashed.headers['content-type'] ?? '', 'javascript');
  assert.is((await door.ask('/icon.svg')).headers['cache-control'], 'no-cache');
  for (const at of ['/assets/b-2.js', '/nothing.png'])
    assert.is((await door.ask(at, html)).body?.error.code, 'not_found', at);
});

test('nothing outside the client`s folder is served, nor what is hidden in it', async ({ door }) => {
  for (const at of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/.env',
    '/assets/%E0%A4%A',
  ]) {
    const answer = await door.ask(at, html);
    assert.ok(answer.status >= 400 && answer.status < 500, `${at}: ${answer.status}`);
    assert.not.match(answer.text, /outside|SECRET/);
  }
});

test('without a built client the answer says how to build it', async () => {
  await using door = await openDoor();
  const answer = await door.ask('/', html);
  assert.is(answer.status, 404);
  assert.match(answer.body.error.message, 'npm run build:web');
});

test('/healthz and /readyz answer load balancers, without being kept', async ({ door }) => {
  const alive = await door.ask('/healthz');
  assert.is(alive.status, 200);
  assert.is(alive.headers['cache-control'], 'no-store');
  const ready = await door.ask('/readyz');
  assert.is(ready.status, 200);
  assert.equal(ready.body, { ready: true, checks: { database: 'ok' } });
});

test('/readyz is 503 with the reason when people cannot be served', async () => {
  const readiness = async () => ({ ready: false, checks: { database: 'no answer within 1 s' } });
  await using door = await openDoor({ readiness });
  const answer = await door.ask('/readyz');
  assert.is(answer.status, 503);
  assert.equal(answer.body, await readiness());
  assert.is((await door.ask('/healthz')).status, 200);
});

test.run();
