// A Redis that cannot be used is one line that names REDIS_URL; one that can, of any kind, is used with the rights that are documented.
// takes: 17 s
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../scripts/hub-process.ts';
import { NO_SHARDED, openRedisCluster, openRedisServer } from '../scripts/lib/redis-server.ts';
import type { Log } from './hub/ports.ts';
import { createRedisLimits } from './limits/redis.ts';
import { openRedis } from './redis.ts';
import { parseRedisAddress, type RedisAddress } from './redis-address.ts';
import { NEEDED_RIGHTS } from './redis-refusal.ts';

const test = suite('redis');
const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const open = (url: string) => openRedis(parseRedisAddress(url) as RedisAddress, silent);

/** The whole message; a Redis that is accepted after all says so. */
async function refusal(url: string): Promise<string> {
  try {
    await using link = await open(url);
    return `accepted, ${link.kind}`;
  } catch (error) {
    assert.is((error as { friendly?: boolean }).friendly, true, `${(error as Error).stack}`);
    assert.not.match((error as Error).message, /canary|\n/);
    return (error as Error).message;
  }
}

async function listening(answer: string | undefined): Promise<{ port: number } & AsyncDisposable> {
  const open = new Set<{ destroy(): void }>();
  const server: Server = createServer(socket => {
    open.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      if (answer) socket.end(answer);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

const tail = '; example: REDIS_URL=redis://:password@127.0.0.1:6379';
const matches = (message: string, what: RegExp) => {
  assert.match(message, /^REDIS_URL: /);
  assert.match(message, what);
  assert.ok(message.endsWith(tail), message);
};

test('no password, and a wrong one', async () => {
  await using locked = await openRedisServer('--requirepass', 'secret-canary');
  const said = `REDIS_URL: the server asks for another user name or password${tail}`;
  assert.is(await refusal(locked.url), said);
  assert.is(await refusal(`redis://:wrong-canary@127.0.0.1:${locked.port}`), said);
  assert.is(await refusal(`redis://hub:secret-canary@127.0.0.1:${locked.port}`), said);
  assert.is(await refusal(`redis://:secret-canary@127.0.0.1:${locked.port}`), 'accepted, sharded');
});

test('a wrong host, a port where nobody is, and ones where no Redis answers', async () => {
  matches(
    await refusal('redis://no-such-host.localhost:6379'),
    /nothing answers there|there is no such host/,
  );
  matches(
    await refusal(`redis://127.0.0.1:${await freePort()}`),
    /nothing answers there as Redis \(.*ECONNREFUSED/,
  );
  await using web = await listening('HTTP/1.1 400 Bad Request\r\n\r\n');
  matches(await refusal(`redis://127.0.0.1:${web.port}`), /what answers there is not Redis/);
  await using mute = await listening(undefined);
  matches(
    await refusal(`redis://127.0.0.1:${mute.port}`),
    /there is no answer in time \(Command timed out\)/,
  );
});

test('several addresses of which none is of a cluster', async () => {
  await using server = await openRedisServer();
  matches(
    await refusal(`${server.url},127.0.0.1:${server.port}`),
    /several addresses are for a cluster, and what answers there is a single server/,
  );
});

test('a user without rights on our channels or keys is told which rights to give (attack 33)', async () => {
  await using server = await openRedisServer();
  const url = `redis://hub:pw-canary@127.0.0.1:${server.port}`;
  const rights = NEEDED_RIGHTS.split(' ');
  const grant = (rules: string[]) =>
    server.command('ACL', 'SETUSER', 'hub', 'reset', 'on', '>pw-canary', ...rules);
  for (const missing of ['&first-court*', '~first-court*', '+info', '+publish', '+evalsha', '+incrby']) {
    await grant(rights.filter(rule => rule !== missing && !(missing === '+publish' && rule === '+spublish')));
    const said = await refusal(url);
    matches(
      said,
      /the user may not do what a hub needs \(.*(NOPERM|can.t run).*\); ACL SETUSER name resetchannels &first-court\*/,
    );
    assert.ok(said.includes(NEEDED_RIGHTS));
  }
});

test('a user with just the documented rights is enough, on a server with and without sharded channels and on a cluster', async () => {
  const example = await readFile(path.join(import.meta.dirname, '../.env.example'), 'utf8');
  assert.ok(example.includes(NEEDED_RIGHTS), '.env.example names other rights');
  const user = ['--user', 'default', 'on', 'nopass', '~*', '&*', '+@all'];
  const hub = ['--user', 'hub', 'on', '>pw', ...NEEDED_RIGHTS.split(' ')];
  await using single = await openRedisServer(...user, ...hub);
  await using classic = await openRedisServer(...user, ...hub, ...NO_SHARDED);
  await using cluster = await openRedisCluster(3, ...user, ...hub);
  for (const [server, kind] of [
    [single, 'sharded'],
    [classic, 'classic'],
    [cluster, 'sharded'],
  ] as const) {
    await using link = await open(server.url.replace('redis://', 'redis://hub:pw@'));
    assert.is(link.kind, kind);
    while (link.state() !== 'ok') await new Promise(resolve => setTimeout(resolve, 5));
    const complaints: string[] = [];
    const log = { ...silent, warn: (_: object, message: string) => void complaints.push(message) };
    const limits = createRedisLimits(link.client, log);
    assert.ok((await limits.attempt('login.account', 'a')).ok);
    for (let n = 0; n < 10; n++) limits.take('call.bot', 'x');
    await limits.share();
    assert.equal(complaints, []);
  }
});

test('a server that forbids sharded channels to the user gets the classic adapter', async () => {
  await using server = await openRedisServer();
  const rules = NEEDED_RIGHTS.split(' ').filter(rule => !/^\+s(publish|subscribe|unsubscribe)$/.test(rule));
  await server.command('ACL', 'SETUSER', 'hub', 'reset', 'on', '>pw', ...rules);
  assert.is(await refusal(`redis://hub:pw@127.0.0.1:${server.port}`), 'accepted, classic');
});

test('one address of a cluster is enough, and one that is dead does not matter', async () => {
  await using cluster = await openRedisCluster();
  const [first] = cluster.masters;
  assert.is(await refusal(`redis://127.0.0.1:${first?.port}`), 'accepted, sharded');
  assert.is(
    await refusal(`redis://127.0.0.1:${await freePort()},127.0.0.1:${first?.port}`),
    'accepted, sharded',
  );
  await cluster.masters[2]?.kill();
  await cluster.becomes('fail');
  matches(await refusal(cluster.url), /the cluster does not serve now/);
});

test('TLS with a certificate that nobody vouches for, and to a port that does not speak it', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'first-court-tls-'));
  try {
    const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    const self = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=redis.example',
    ];
    execFileSync('openssl', [...self, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const tlsPort = await freePort();
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no'];
    await using server = await openRedisServer('--tls-port', tlsPort, ...files);
    matches(await refusal(`rediss://127.0.0.1:${tlsPort}`), /certificate is not to be trusted \(self-signed/);
    matches(await refusal(`rediss://127.0.0.1:${server.port}`), /does not speak TLS|no answer in time/);
    matches(await refusal(`redis://127.0.0.1:${tlsPort}`), /nothing answers there as Redis/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.run();
