// The settings of services outside: each is off without them, and half of them is an error that names the other half.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ConfigError, readConfig } from './config.ts';
import { settings } from './settings.ts';
import { problems } from './testing/problems.ts';

const test = suite('config/services');

test('a Gather space is named by its id or its address, and comes with a key', () => {
  const space = (id: string) => readConfig({ GATHER_API_KEY: 'k', GATHER_SPACE_ID: id }).gather?.spaceId;
  for (const id of [
    'AbCdEfGhIjKlMnOp/my office',
    'AbCdEfGhIjKlMnOp\\my office',
    'https://app.gather.town/app/AbCdEfGhIjKlMnOp/my%20office?map=x',
  ])
    assert.is(space(id), 'AbCdEfGhIjKlMnOp\\my office');
  const second = '6d1f902a-e3f9-4c23-a733-9ad5856db030';
  for (const id of [
    second,
    `https://app.v2.gather.town/app/${second}`,
    `https://app.v2.gather.town/app/acme-${second}`,
  ])
    assert.is(space(id), second, 'left to the integration, which has a sentence for it');
  assert.is(readConfig({}).gather, undefined);
  assert.match(
    problems({ GATHER_API_KEY: 'k' })[0] ?? '',
    /^GATHER_SPACE_ID: is missing beside GATHER_API_KEY/,
  );
  assert.match(
    problems({ GATHER_SPACE_ID: second })[0] ?? '',
    /^GATHER_API_KEY: is missing beside GATHER_SPACE_ID; example: GATHER_API_KEY=/,
  );
});

test('Slack takes both tokens or none, and says which is which', () => {
  const tokens = { SLACK_TOKEN: 'xoxb-1-a', SLACK_APP_TOKEN: 'xapp-1-b' };
  assert.equal(readConfig(tokens).slack, { token: 'xoxb-1-a', appToken: 'xapp-1-b', apiUrl: undefined });
  assert.is(readConfig({}).slack, undefined);
  assert.equal(problems({ SLACK_TOKEN: tokens.SLACK_TOKEN }), [
    `SLACK_APP_TOKEN: is missing beside SLACK_TOKEN; example: SLACK_APP_TOKEN=${settings.SLACK_APP_TOKEN.example}`,
  ]);
  const [swapped = ''] = problems({ SLACK_TOKEN: 'xapp-1-b', SLACK_APP_TOKEN: 'xapp-1-b' });
  assert.match(
    swapped,
    /^SLACK_TOKEN: its value is not the bot token .* begins with xoxb-; example: SLACK_TOKEN=xoxb-/,
  );
  assert.match(problems({ SLACK_APP_TOKEN: 'xapp-1-b' })[0] ?? '', /^SLACK_TOKEN: is missing beside/);
});

test('GOOGLE_CREDENTIALS is JSON or the path of a file; what is neither is named, and never shown', () => {
  const web = { client_id: 'id', client_secret: 'GOCSPX-secret' };
  const read = (GOOGLE_CREDENTIALS: string) => readConfig({ GOOGLE_CREDENTIALS }, '/srv').google?.credentials;
  assert.is(readConfig({}).google, undefined);
  assert.equal(read(JSON.stringify({ web })), { client: { id: 'id', secret: 'GOCSPX-secret' } });
  assert.equal(read(JSON.stringify({ installed: web })), { client: { id: 'id', secret: 'GOCSPX-secret' } });
  assert.is(read('google.json'), '/srv/google.json');
  for (const bad of [
    '{',
    '{}',
    JSON.stringify({ web: { client_id: 'GOCSPX-secret' } }),
    JSON.stringify({ type: 'service_account', client_email: 'a@b.example', private_key: 'GOCSPX-secret' }),
    JSON.stringify({ web, type: 'service_account' }),
  ])
    assert.throws(
      () => read(bad),
      (error: ConfigError) =>
        /^GOOGLE_CREDENTIALS: its value is neither .*; example: GOOGLE_CREDENTIALS=/.test(error.message) &&
        !error.message.includes('GOCSPX'),
      bad,
    );
});

test('the other settings of Google need its credentials', () => {
  for (const env of [{ GOOGLE_ROOT_URL: 'http://127.0.0.1:1' }, { GOOGLE_HOSTED_DOMAIN: 'example.com' }])
    assert.throws(() => readConfig(env), /GOOGLE_CREDENTIALS: is missing beside GOOGLE_/);
  assert.throws(() => readConfig({ GOOGLE_HOSTED_DOMAIN: 'not a domain' }), /GOOGLE_HOSTED_DOMAIN/);
});

test('a Claude that was retired is refused before anything starts, with the day and what to take instead', () => {
  for (const key of [{}, { CLAUDE_API_KEY: 'k' }]) {
    const [line = '', ...rest] = problems({ ...key, CLAUDE_MODEL: 'claude-3-opus-20240229' });
    assert.match(line, /^CLAUDE_MODEL: "claude-3-opus-20240229" was retired on 5 January 2026 /);
    assert.match(line, /set CLAUDE_MODEL=claude-opus-5-5; /);
    assert.equal(rest, []);
  }
});

test('Claude needs a key alone, OpenAI a key or an address; a server of one’s own is told its model', () => {
  const { models } = readConfig({});
  assert.equal([models.claude, models.openai, models.embeddings], [undefined, undefined, undefined]);
  assert.equal(readConfig({ CLAUDE_API_KEY: 'k' }).models.claude, {
    apiKey: 'k',
    model: 'claude-sonnet-5-5',
    url: 'https://api.anthropic.com',
  });
  const openai = { apiKey: 'k', model: 'gpt-6-luna', url: 'https://api.openai.com/v1' };
  assert.equal(readConfig({ OPENAI_API_KEY: 'k' }).models.openai, openai);
  const own = { OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' };
  assert.match(problems(own)[0] ?? '', /^OPENAI_MODEL: is missing beside OPENAI_BASE_URL/);
  assert.equal(readConfig({ ...own, OPENAI_MODEL: 'llama' }).models.openai, {
    apiKey: undefined,
    model: 'llama',
    url: own.OPENAI_BASE_URL,
  });
});

test('embeddings have a provider, and dimensions that are known', () => {
  assert.equal(readConfig({ EMBEDDING_PROVIDER: 'openai', OPENAI_API_KEY: 'k' }).models.embeddings, {
    provider: 'openai',
    model: 'text-embedding-3-small',
    dimensions: 512,
  });
  for (const [env, line] of [
    [{ EMBEDDING_MODEL: 'm' }, /^EMBEDDING_PROVIDER: is missing beside EMBEDDING_MODEL/],
    [{ EMBEDDING_PROVIDER: 'openai' }, /^OPENAI_API_KEY: is missing/],
    [{ EMBEDDING_PROVIDER: 'huggingface' }, /^HF_TOKEN: or HF_ENDPOINT_URL is missing/],
    [{ EMBEDDING_PROVIDER: 'huggingface', HF_TOKEN: 'k', EMBEDDING_MODEL: 'm' }, /^EMBEDDING_DIMENSIONS: is/],
    [{ EMBEDDING_PROVIDER: 'openai', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }, /^EMBEDDING_MODEL: is/],
  ] as const)
    assert.match(problems(env)[0] ?? '', line);
});

test('files are kept in a folder, or where STORAGE_URL says, with all that the place needs', () => {
  const storage = (env: Record<string, string>) => readConfig(env, '/srv').storage;
  assert.equal(storage({}), { kind: 'disk', folder: '/srv/data/files' });
  assert.equal(storage({ DATA_DIR: '/var/court' }), { kind: 'disk', folder: '/var/court/files' });
  for (const [url, folder] of [
    ['file:uploads', '/srv/uploads'],
    ['file:/mnt/x', '/mnt/x'],
    ['file:///mnt/x', '/mnt/x'],
  ] as const)
    assert.equal(storage({ STORAGE_URL: url }), { kind: 'disk', folder });
  const keys = { S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' };
  const own = { STORAGE_URL: 's3://court', S3_ENDPOINT: 'http://127.0.0.1:9000' };
  const s3 = { kind: 's3', bucket: 'court', endpoint: own.S3_ENDPOINT, region: 'us-east-1' };
  assert.equal(storage({ ...own, ...keys }), { ...s3, credentials: { id: 'id', secret: 'secret' } });
  assert.equal(storage({ STORAGE_URL: 's3://court', S3_REGION: 'eu-west-1' }), {
    ...s3,
    endpoint: undefined,
    region: 'eu-west-1',
    credentials: undefined,
  });
  const project = { SUPABASE_URL: 'https://x.supabase.co', SUPABASE_KEY: 'k' };
  assert.equal(storage({ STORAGE_URL: 'supabase://court', ...project }), {
    kind: 'supabase',
    bucket: 'court',
    url: project.SUPABASE_URL,
    key: 'k',
  });
  assert.is(readConfig({ FILES_ENCRYPTED: 'on' }).filesEncrypted, true);
  const client = JSON.stringify({ web: { client_id: 'id', client_secret: 's' } });
  for (const [env, line] of [
    [own, /^S3_ACCESS_KEY_ID: is missing beside S3_ENDPOINT/],
    [{ S3_ACCESS_KEY_ID: 'id' }, /^S3_SECRET_ACCESS_KEY: is missing beside S3_ACCESS_KEY_ID/],
    [{ S3_SECRET_ACCESS_KEY: 'canary' }, /^S3_ACCESS_KEY_ID: is missing beside S3_SECRET_ACCESS_KEY/],
    [{ STORAGE_URL: 'gs://court' }, /^GOOGLE_CREDENTIALS: is missing beside STORAGE_URL=gs:/],
    [
      { STORAGE_URL: 'gs://court', GOOGLE_CREDENTIALS: client },
      /^GOOGLE_CREDENTIALS: holds no service account/,
    ],
    [
      { STORAGE_URL: 'supabase://court', DATABASE_URL: 'postgres://localhost/x' },
      /^SUPABASE_URL: is missing beside STORAGE_URL/,
    ],
    [{ STORAGE_URL: 'ftp://court' }, /^STORAGE_URL: .* is none of file:/],
  ] as const)
    assert.match(problems(env)[0] ?? '', line);
});

test.run();
