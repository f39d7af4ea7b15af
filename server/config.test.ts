import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, loadSecrets, readConfig } from './config.ts';
import { settings } from './settings.ts';
import { problems } from './testing/problems.ts';

const test = suite('config');

const SECRETS = { JWT_SECRET: 's'.repeat(32), ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };

test('with nothing set, the hub runs for this machine only, on its own database', () => {
  const config = readConfig({}, '/srv/court');
  assert.equal(
    [
      config.environment,
      config.host,
      config.port,
      config.dataDir,
      config.store,
      config.trustProxy,
      config.rateLimits,
    ],
    ['development', '127.0.0.1', 3000, '/srv/court/data', { kind: 'embedded' }, false, true],
  );
  assert.equal(
    [config.transports, config.maxConnectionsPerUser, config.maxConnectionsPerAddress],
    [['websocket'], 10, 50],
  );
  assert.equal([config.logLevel, config.maxHandshakesPerAddress, config.warnings], ['info', 20, []]);
});

test('values are read from their text; an empty variable counts as not set', () => {
  const config = readConfig(
    {
      ...SECRETS,
      ENVIRONMENT: 'Production',
      PORT: ' 0 ',
      HOST: '',
      DATA_DIR: 'var',
      DEBUG: 'socket.io*',
      NODE_NAME: 'hub-2',
      DATABASE_URL: 'postgresql://court:p%40ss@db.internal/court?sslmode=require',
      PUBLIC_URL: 'https://chat.example.com/',
      TRUST_PROXY: 'loopback,10.0.0.0/8',
      ALLOWED_ORIGINS: 'https://a.example.com, http://localhost:5173',
      TRANSPORTS: 'websocket,polling',
      TLS_CERT: 'cert.pem',
      TLS_KEY: '/etc/key.pem',
      MAX_CONNECTIONS: '7',
    },
    '/srv/court',
  );
  assert.equal(
    [config.environment, config.port, config.host, config.debug, config.logLevel],
    ['production', 0, '0.0.0.0', true, 'debug'],
  );
  assert.equal(
    [config.dataDir, config.tls],
    ['/srv/court/var', { cert: '/srv/court/cert.pem', key: '/etc/key.pem' }],
  );
  assert.equal(config.store, {
    kind: 'postgres',
    url: 'postgresql://court:p%40ss@db.internal/court?sslmode=require',
  });
  assert.equal(
    [config.publicUrl, config.trustProxy],
    ['https://chat.example.com', ['loopback', '10.0.0.0/8']],
  );
  assert.equal(config.allowedOrigins, ['https://a.example.com', 'http://localhost:5173']);
  assert.equal(
    [config.transports, config.maxConnections, config.nodeName],
    [['websocket', 'polling'], 7, 'hub-2'],
  );
  assert.equal(config.encryptionKey, Buffer.alloc(32, 7));
  assert.equal(readConfig({ ENCRYPTION_KEY: 'AB'.repeat(32) }).encryptionKey, Buffer.alloc(32, 0xab));
});

const BAD: [name: string, values: string[], message: string][] = [
  ['ENVIRONMENT', ['prod'], 'is none of development, production, test'],
  ['LOG_LEVEL', ['verbose'], 'is none of trace, debug'],
  ['PORT', ['abc', '-1', '65536', '1.5', '0x10'], 'is not a port number'],
  ['HOST', ['http://x', 'a b', '-x'], 'is not an address to listen on'],
  ['PUBLIC_URL', ['chat.example.com', 'ftp://x', 'http://'], 'is not a web address'],
  [
    'DATABASE_URL',
    ['mysql://u:canary@h/d', 'canary', 'postgres://'],
    'is not the address of a PostgreSQL database',
  ],
  [
    'SUPABASE_URL',
    ['court.supabase.co', 'postgres://db.court.supabase.co', 'https://court.supabase.co/rest/v1/'],
    'is not the address of a Supabase project',
  ],
  ['SUPABASE_KEY', ['canary canary', '"canary"'], 'is not a key of a Supabase project'],
  ['GATHER_API_KEY', ['canary canary', '"canary"'], 'is not a key of the Gather API'],
  [
    'GATHER_SPACE_ID',
    // The second is one character short: Gather's client would overwrite the wrong one.
    ['my-office', 'AbCdEfGhIjKlMnO/my-office', 'AbCdEfGhIjKlMnOp', 'https://app.gather.town/app/%zz'],
    'is not the id of a Gather space',
  ],
  ['GATHER_API_URL', ['api.gather.town', 'wss://api.gather.town'], 'is not a web address'],
  ['NODE_NAME', ['a b', 'x'.repeat(64), '<b>'], 'is not a name'],
  ['ENCRYPTION_KEY', ['canary', 'AB'.repeat(31)], 'is not a key of 32 bytes'],
  ['TRUST_PROXY', ['true', '10.0.0.0/33', 'all', '0.5'], 'is neither the number of proxies'],
  [
    'ALLOWED_ORIGINS',
    ['*', 'https://a.example.com/path', 'a.example.com', 'https://a.example.com,'],
    'is not a list of web origins',
  ],
  ['TRANSPORTS', ['ws', 'websocket,,polling'], 'is not a list of websocket, polling'],
  ['RATE_LIMITS', ['maybe'], 'is neither on nor off'],
  ['MAX_CONNECTIONS', ['0', 'many', '-5', '1e9'], 'is not a whole number from 1 up'],
];

test('a bad value is one line that names the variable, says what is wrong and gives an example', () => {
  for (const [name, values, message] of BAD) {
    for (const value of values) {
      const [line = '', ...more] = problems({ [name]: value });
      assert.equal(more, [], `${name}=${value}`);
      assert.ok(line.startsWith(`${name}: `), `${name}=${value}: ${line}`);
      assert.match(line, message);
      assert.match(line, `; example: ${name}=`);
      assert.not.match(line, /\n|canary/);
    }
  }
});

test('every example is a good value itself', () => {
  for (const [name, { example, schema }] of Object.entries(settings)) {
    if (!example.startsWith('<')) assert.ok(schema.safeParse(example).success, name);
  }
});

test('all that is wrong is told at once', () => {
  assert.is(problems({ PORT: 'x', RATE_LIMITS: 'y', TLS_CERT: 'cert.pem' }).length, 3);
  assert.match(problems({ TLS_KEY: 'key.pem' })[0] ?? '', /^TLS_CERT: is missing beside TLS_KEY/);
});

test('Supabase needs its key where it is the database, and is asked for public keys alone beside DATABASE_URL', () => {
  const supabase = { SUPABASE_URL: 'https://court.supabase.co/', SUPABASE_KEY: 'sb_secret_x' };
  const alone = readConfig(supabase);
  assert.equal(alone.store, { kind: 'supabase', url: 'https://court.supabase.co', key: 'sb_secret_x' });
  assert.is(alone.supabaseUrl, 'https://court.supabase.co');
  const DATABASE_URL = 'postgres://localhost/court';
  for (const key of ['', 'sb_secret_x']) {
    const beside = readConfig({ ...supabase, SUPABASE_KEY: key, DATABASE_URL });
    assert.equal([beside.store.kind, beside.supabaseUrl], ['postgres', 'https://court.supabase.co']);
  }
  assert.match(
    problems({ SUPABASE_URL: supabase.SUPABASE_URL })[0] ?? '',
    /^SUPABASE_KEY: is missing beside SUPABASE_URL; example: SUPABASE_KEY=sb_secret_/,
  );
  for (const more of [{}, { DATABASE_URL }])
    assert.match(problems({ SUPABASE_KEY: 'sb_secret_x', ...more })[0] ?? '', /^SUPABASE_URL: is missing/);
});

test('production refuses made-up or weak secrets and open gates, naming each', () => {
  const names = (env: Record<string, string>) =>
    problems({ ENVIRONMENT: 'production', ...env }).map(line => line.split(':')[0]);
  assert.equal(names({}), ['JWT_SECRET', 'ENCRYPTION_KEY']);
  assert.equal(names({ ...SECRETS, JWT_SECRET: 'short' }), ['JWT_SECRET']);
  assert.equal(names({ ...SECRETS, ENCRYPTION_KEY: 'short' }), ['ENCRYPTION_KEY']);
  assert.equal(names({ ...SECRETS, RATE_LIMITS: 'off' }), ['RATE_LIMITS']);
  assert.equal(names({ ...SECRETS, LOAD_SHEDDING: 'off' }), ['LOAD_SHEDDING']);
  assert.equal(names(SECRETS), []);
  assert.is(readConfig({ RATE_LIMITS: 'off' }).rateLimits, false);
});

test('what is weak but works is told, not refused', () => {
  assert.equal(readConfig({ SMS_WEBHOOK_URL: 'http://localhost', SLACK_TOKEN: '' }).warnings, [
    'SMS_WEBHOOK_SECRET is not set: the SMS gateway cannot tell our messages from those of others.',
  ]);
  assert.match(readConfig({ JWT_SECRET: 'short' }).warnings[0] ?? '', 'JWT_SECRET is shorter than 32 bytes');
});

test('.env.example lists exactly the variables that are read, each with a comment and its example', async () => {
  const text = await readFile(path.join(import.meta.dirname, '../.env.example'), 'utf8');
  const entries = [...text.matchAll(/^# ?[A-Z].*\n(?:#.*\n)*?#([A-Z0-9_]+)=(.*)$/gm)];
  assert.equal(entries.map(([, name]) => name).sort(), Object.keys(settings).sort());
  for (const [, name = '', value = ''] of entries) {
    if (value)
      assert.equal(
        problems({ [name]: value }).filter(line => line.startsWith(name)),
        [],
        `${name}=${value}`,
      );
  }
  assert.equal(text.match(/^[^#\n].*$/gm) ?? [], [], 'a copy of it changes nothing');
});

const secretsTest = suite<{ dataDir: string }>('config/secrets');
secretsTest.before.each(async context => {
  context.dataDir = await mkdtemp(path.join(os.tmpdir(), 'first-court-secrets-'));
});
secretsTest.after.each(({ dataDir }) => rm(dataDir, { recursive: true }));

const none = { jwtSecret: undefined, encryptionKey: undefined };

secretsTest('made once, kept for the owner alone; hubs that start at once agree', async ({ dataDir }) => {
  const inside = path.join(dataDir, 'deep/data');
  const all = await Promise.all(Array.from({ length: 20 }, () => loadSecrets({ ...none, dataDir: inside })));
  all.push(await loadSecrets({ ...none, dataDir: inside }));
  for (const secrets of all) assert.equal(secrets, all[0]);
  assert.is(all[0]?.encryptionKey.length, 32);
  assert.ok((all[0]?.jwtSecret.length ?? 0) >= 32);
  assert.equal(await readdir(inside), ['secrets.json']);
  assert.is((await stat(path.join(inside, 'secrets.json'))).mode & 0o777, 0o600);
});

secretsTest('configured secrets come first, and need no file when both are there', async ({ dataDir }) => {
  const encryptionKey = Buffer.alloc(32);
  assert.equal(await loadSecrets({ jwtSecret: 'mine', encryptionKey, dataDir }), {
    jwtSecret: 'mine',
    encryptionKey,
  });
  assert.equal(await readdir(dataDir), []);
  const half = await loadSecrets({ jwtSecret: 'mine', encryptionKey: undefined, dataDir });
  assert.is(half.jwtSecret, 'mine');
  assert.is(half.encryptionKey.length, 32);
});

secretsTest('a damaged file is told, and never replaced', async ({ dataDir }) => {
  const file = path.join(dataDir, 'secrets.json');
  for (const text of ['', '{"jwtSecret": "short"}', '{"jwtSecr']) {
    await writeFile(file, text);
    await chmod(file, 0o600);
    try {
      await loadSecrets({ ...none, dataDir });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, ConfigError);
      assert.match((error as Error).message, /^DATA_DIR: .*secrets\.json is damaged; restore/);
    }
    assert.is(await readFile(file, 'utf8'), text);
  }
});

test.run();
secretsTest.run();
