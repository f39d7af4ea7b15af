// `court doctor` against services that answer as the real ones do, well and badly: what it finds, what it says to do, and how it ends.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openRedisServer, type RedisServer } from '../../scripts/lib/redis-server.ts';
import { openElasticsearchSimulator } from '../../scripts/simulators/elasticsearch/simulator.ts';
import { openS3Simulator } from '../../scripts/simulators/s3/simulator.ts';
import { readConfig } from '../../server/config.ts';
import { openTestDatabase, type TestDatabase } from '../../server/testing/database.ts';
import { checks, examine } from './doctor/index.ts';
import { type Cli, openCli } from './fixture.ts';

const test = suite('court doctor');
const NAMES =
  'slack,gather,google,claude,openai,huggingface,elasticsearch,redis,database,supabase,storage,smtp,sms';
let database: TestDatabase;
let redis: RedisServer;
let cli: Cli;

test.before(async () => {
  database = await openTestDatabase();
  redis = await openRedisServer();
  cli = await openCli({ ENVIRONMENT: 'test' });
});
test.after(async () => {
  await cli[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** What the doctor finds with these settings. */
const find = (env: Record<string, string>, patience = 20_000) =>
  examine(readConfig({ ENVIRONMENT: 'test', DATABASE_URL: database.url, ...env }), patience);

async function serve(answer: (req: IncomingMessage, res: ServerResponse) => void) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port at which nobody listens. */
async function nobody(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('with nothing configured all is well: one key for each service, in one order, and exit 0', async () => {
  const { code, stdout, stderr } = await cli.run(['doctor', '--json'], {
    env: { DATABASE_URL: database.url },
  });
  assert.is(code, 0, stderr);
  const found = JSON.parse(stdout) as Record<string, { state: string }>;
  assert.is(Object.keys(found).join(), NAMES);
  assert.is(Object.keys(checks).join(), NAMES);
  const states = Object.entries(found).filter(([, { state }]) => state !== 'off');
  assert.equal(states, [['database', { state: 'ok' }]]);
});

test('something configured that does not work: one line each for people, the next step in it, and exit 1', async () => {
  const port = await nobody();
  const { code, stdout } = await cli.run(['doctor'], {
    env: { DATABASE_URL: database.url, REDIS_URL: `redis://127.0.0.1:${port}` },
  });
  assert.is(code, 1);
  const lines = stdout.trimEnd().split('\n');
  assert.is(lines.length, NAMES.split(',').length);
  const line = lines.find(one => one.includes('redis'));
  assert.match(
    line ?? '',
    /✘ redis +failed +REDIS_URL: nothing answers there as Redis .* Start Redis, or mend REDIS_URL/,
  );
});

type Way = [status: number, state: string, reason: RegExp | undefined];
const ways: Way[] = [
  [200, 'ok', undefined],
  [401, 'failed', /does not take the key/],
  [403, 'failed', /does not allow it enough/],
  [429, 'degraded', /asked too much/],
  [529, 'degraded', /trouble of its own/],
  [302, 'failed', /not as it should/],
];
for (const [status, state, reason] of ways) {
  test(`Claude and OpenAI that answer ${status} are ${state}`, async () => {
    const seen: string[] = [];
    await using server = await serve((req, res) => {
      seen.push(`${req.url} ${req.headers.authorization}`);
      res.writeHead(status).end('{}');
    });
    const found = await find({
      CLAUDE_API_KEY: 'canary-1',
      CLAUDE_BASE_URL: server.url,
      OPENAI_API_KEY: 'canary-2',
      OPENAI_BASE_URL: `${server.url}/v1`,
      OPENAI_MODEL: 'm',
    });
    for (const one of [found.claude, found.openai]) {
      assert.is(one.state, state);
      if (reason) assert.match(one.reason ?? '', reason);
      assert.is(one.next === undefined, state === 'ok');
    }
    assert.equal(seen.sort(), ['/v1/models Bearer canary-2', '/v1/models/claude-sonnet-5-5 Bearer canary-1']);
    assert.not.match(JSON.stringify(found), 'canary');
  });
}

test('a Claude that never was is told with what to take instead', async () => {
  await using server = await serve((_, res) => res.writeHead(404).end('{}'));
  const next = async (model: string) =>
    (await find({ CLAUDE_API_KEY: 'k', CLAUDE_BASE_URL: server.url, CLAUDE_MODEL: model })).claude.next;
  assert.match((await next('claude-9')) ?? '', /^Set CLAUDE_MODEL to one that it has: claude-sonnet-5-5, /);
});

test('a clock that is off is said, whatever else is wrong', async () => {
  await using server = await serve((_, res) => {
    res.setHeader('Date', new Date(Date.now() - 600_000).toUTCString());
    res.writeHead(200).end('{}');
  });
  const { openai } = await find({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'm' });
  assert.is(openai.state, 'degraded');
  assert.match(openai.reason ?? '', /clock is (599|600|601|602) s off/);
  assert.match(openai.next ?? '', /NTP/);
});

test('a service that never answers is given up in time, and holds up no other', async () => {
  await using server = await serve(() => {});
  const found = await find({ HF_TOKEN: 'k', HF_ENDPOINT_URL: server.url }, 700);
  assert.equal([found.huggingface.state, found.huggingface.reason], ['failed', 'No answer within 0.7 s.']);
  assert.is(found.claude.state, 'off');
});

test('an endpoint at Hugging Face that runs takes a bare question badly, and is well', async () => {
  for (const [status, state] of [
    [405, 'ok'],
    [503, 'degraded'],
    [401, 'failed'],
  ] as const) {
    await using server = await serve((_, res) => res.writeHead(status).end());
    assert.is((await find({ HF_TOKEN: 'k', HF_ENDPOINT_URL: server.url })).huggingface.state, state);
  }
});

test('Elasticsearch is told from what is not, and an old one from a new one', async () => {
  const state = async (version: string, headers: Record<string, string>, user = '') => {
    await using server = await serve((req, res) => {
      if (user && req.headers.authorization !== `Basic ${Buffer.from('a@b:c d').toString('base64')}`)
        return res.writeHead(401).end();
      return res.writeHead(200, headers).end(JSON.stringify({ version: { number: version } }));
    });
    return (await find({ ELASTICSEARCH_URL: server.url.replace('//', `//${user}`) })).elasticsearch.state;
  };
  const product = { 'X-Elastic-Product': 'Elasticsearch' };
  assert.is(await state('8.19.0', product), 'ok');
  assert.is(await state('8.19.0', product, 'a%40b:c%20d@'), 'ok');
  assert.is(await state('8.19.0', product, 'a:b@'), 'failed');
  assert.is(await state('7.17.0', product), 'failed');
  assert.is(await state('8.19.0', {}), 'failed');
});

test('Elasticsearch: rights that the user lacks are named, and whether an index answers', async () => {
  const user = { name: 'court', password: 'x y' };
  await using poor = await openElasticsearchSimulator({ user, denied: ['write', 'manage'] });
  const { state, reason } = (await find({ ELASTICSEARCH_URL: poor.url })).elasticsearch;
  assert.is(state, 'failed');
  assert.match(reason ?? '', /lacks rights on first-court-\*: manage, write\.$/);
  await using good = await openElasticsearchSimulator({ user });
  const found = async () => (await find({ ELASTICSEARCH_URL: good.url })).elasticsearch;
  assert.equal(await found(), { state: 'ok', reason: 'No index yet: a hub makes one.' });
  good.cluster.create('first-court-a-1_x', { aliases: { 'first-court-a-1_x_write': {} } });
  assert.is((await found()).reason, 'No index yet: a hub makes one.');
  good.cluster.updateAliases({
    actions: [{ add: { index: 'first-court-a-1_x', alias: 'first-court-a-1' } }],
  });
  assert.equal(await found(), { state: 'ok', reason: 'An index answers searches.' });
});

test('mail: a greeting, an offer, a sign-in; each of them can be wrong', async () => {
  const found = async (
    script: Record<string, string>,
    url = 'smtp://ida:secret@',
    greeting = '220 mail ESMTP',
  ) => {
    const server = net.createServer(socket => {
      socket.on('error', () => {});
      socket.write(`${greeting}\r\n`);
      socket.on('data', data => {
        const verb = data.toString().split(/[ \r]/)[0] as string;
        socket.write(`${script[verb] ?? '500 what?'}\r\n`);
        if (verb === 'QUIT') socket.end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { smtp } = await find({ SMTP_URL: `${url}127.0.0.1:${port}` });
    server.close();
    await once(server, 'close');
    return smtp;
  };
  const good = {
    EHLO: '250-mail\r\n250-AUTH LOGIN PLAIN\r\n250 8BITMIME',
    AUTH: '235 welcome',
    QUIT: '221 bye',
  };
  assert.equal(await found(good), { state: 'ok' });
  assert.equal(await found({ ...good, AUTH: '535 no' }, 'smtp://'), { state: 'ok' });
  assert.match(
    (await found({ ...good, AUTH: '535 no' })).reason ?? '',
    /does not take the name and password/,
  );
  assert.match((await found({ ...good, AUTH: '503 not here' })).reason ?? '', /offers no sign-in/);
  assert.match((await found(good, 'smtp://', '554 go away')).reason ?? '', /does not greet \("go away"\)/);
  assert.match((await found(good, 'smtp://', 'SSH-2.0-x')).reason ?? '', /does not speak SMTP/);
  assert.match((await found(good, 'smtps://')).next ?? '', /smtps: for TLS from the start/);
});

test('Redis and the database are looked into, and their troubles told apart', async () => {
  const { redis: well } = await find({ REDIS_URL: redis.url });
  assert.equal(well, { state: 'ok' });
  const client = new Redis(redis.url);
  await client.config('SET', 'requirepass', 'right');
  client.disconnect();
  const locked = async (password: string) =>
    (await find({ REDIS_URL: redis.url.replace('//', `//:${password}@`) })).redis;
  assert.match((await locked('wrong')).reason ?? '', /asks for another user name or password/);
  assert.is((await locked('right')).state, 'ok');
  const gone = await find({ DATABASE_URL: `postgres://u:canary@127.0.0.1:${await nobody()}/x` });
  assert.is(gone.database.state, 'failed');
  assert.match(gone.database.reason ?? '', /ECONNREFUSED/);
  assert.not.match(JSON.stringify(gone), 'canary');
});

test('files: a folder that can be made is well, one that cannot is not', async () => {
  assert.equal((await find({ STORAGE_URL: `file:${cli.home.path}/not/yet` })).storage, { state: 'ok' });
  const { storage } = await find({ STORAGE_URL: 'file:/dev/null/court' });
  assert.is(storage.state, 'failed');
  assert.match(storage.reason ?? '', /^The folder \/dev\/null\/court cannot be written \(ENOTDIR\)\.$/);
  assert.match(storage.next ?? '', /STORAGE_URL/);
});

test('files: a bucket is well when a file can be put into it, and else it is said what to do', async () => {
  await using s3 = await openS3Simulator();
  s3.makeBucket('there');
  const keys = {
    S3_ACCESS_KEY_ID: s3.keys.id,
    S3_SECRET_ACCESS_KEY: s3.keys.secret,
    S3_REGION: s3.keys.region,
  };
  const bucket = async (name: string, more = {}) =>
    (await find({ STORAGE_URL: `s3://${name}`, S3_ENDPOINT: s3.url, ...keys, ...more })).storage;
  assert.equal(await bucket('there'), { state: 'ok' });
  assert.match((await bucket('gone')).next ?? '', /^Make the bucket gone, or/);
  assert.match(
    (await bucket('there', { S3_SECRET_ACCESS_KEY: 'canary' })).next ?? '',
    /S3_SECRET_ACCESS_KEY/,
  );
  assert.match((await bucket('there', { S3_REGION: 'mars-1' })).next ?? '', /S3_REGION/);
});

test.run();
