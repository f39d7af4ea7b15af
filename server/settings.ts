// Every environment variable this version reads: how its text becomes a value, and an example of a good one.
import net from 'node:net';
import type { z } from 'zod';
import { parseClamavAddress } from './clamav-address.ts';
import { parseGoogleCredentials } from './google-credentials.ts';
import { parseRedisAddress } from './redis-address.ts';
import {
  addresses,
  amount,
  apiKey,
  bytes,
  claudeModel,
  gatherSpace,
  key,
  list,
  network,
  OFF,
  oneOf,
  onOff,
  origin,
  rule,
  text,
  transport,
  url,
  web,
  whole,
} from './setting-rules.ts';

export interface Setting<T> {
  /** From the variable's text; its message says what is wrong, as in `PORT: "abc" <message>`. */
  readonly schema: z.ZodType<T, string>;
  readonly example: string;
  /** Never repeated in an error. */
  readonly secret?: true;
}

export const settings = {
  ENVIRONMENT: { schema: oneOf('development', 'production', 'test'), example: 'production' },
  // Like other programs, any text but a "no" switches it on: DEBUG=socket.io* is common.
  DEBUG: { schema: rule(value => !OFF.includes(value.toLowerCase()), ''), example: 'on' },
  LOG_LEVEL: {
    schema: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    example: 'info',
  },
  HOST: {
    schema: rule(
      value => (net.isIP(value) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value) ? value : undefined),
      'is not an address to listen on',
    ),
    example: '0.0.0.0',
  },
  PORT: { schema: whole(0, 65_535, 'is not a port number'), example: '3000' },
  PUBLIC_URL: {
    schema: rule(value => url(value, 'http:', 'https:'), 'is not a web address'),
    example: 'https://chat.example.com',
  },
  DATA_DIR: { schema: text, example: './data' },
  DATABASE_URL: {
    schema: rule(
      value => url(value, 'postgres:', 'postgresql:'),
      'is not the address of a PostgreSQL database',
    ),
    example: 'postgres://user:password@localhost:5432/first_court',
    secret: true,
  },
  SUPABASE_URL: {
    schema: rule(
      value => (/\/(rest|auth|storage)\/v1\/*$/.test(value) ? undefined : url(value, 'http:', 'https:')),
      'is not the address of a Supabase project',
    ),
    example: 'https://project.supabase.co',
  },
  SUPABASE_KEY: {
    schema: rule(
      value => (/^[\w.-]+$/.test(value) ? value : undefined),
      'is not a key of a Supabase project',
    ),
    example: 'sb_secret_0123456789abcdef',
    secret: true,
  },
  REDIS_URL: {
    schema: rule(parseRedisAddress, 'is not the address of a Redis server or of nodes of a cluster'),
    example: 'redis://:password@127.0.0.1:6379',
    secret: true,
  },
  GATHER_API_KEY: {
    schema: rule(value => (/^[\w.-]+$/.test(value) ? value : undefined), 'is not a key of the Gather API'),
    example: 'Ab3dEf6hIj9kLm2n',
    secret: true,
  },
  GATHER_SPACE_ID: {
    schema: rule(gatherSpace, 'is not the id of a Gather space'),
    example: 'AbCdEfGhIjKlMnOp/my-office',
  },
  GATHER_API_URL: { schema: web, example: 'https://api.gather.town' },
  GOOGLE_CREDENTIALS: {
    schema: rule(
      value => (value.startsWith('{') ? parseGoogleCredentials(value) : value),
      'is neither the JSON of an OAuth client or of a service account, nor the path of its file',
    ),
    example: '/etc/first-court/google.json',
    secret: true,
  },
  GOOGLE_ROOT_URL: {
    schema: rule(value => url(value, 'http:', 'https:'), 'is not a web address'),
    example: 'http://127.0.0.1:54322',
  },
  GOOGLE_HOSTED_DOMAIN: {
    schema: rule(
      value => (/^([a-z0-9-]+\.)+[a-z]{2,}$/i.test(value) ? value.toLowerCase() : undefined),
      'is not the domain of a Google Workspace',
    ),
    example: 'example.com',
  },
  NODE_NAME: {
    schema: rule(
      value => (/^[\w.-]{1,63}$/.test(value) ? value : undefined),
      'is not a name of up to 63 letters, digits, dots and dashes',
    ),
    example: 'hub-1',
  },
  JWT_SECRET: { schema: text, example: '<48 random bytes, as from: openssl rand -base64 48>', secret: true },
  ENCRYPTION_KEY: {
    schema: rule(key, 'is not a key of 32 bytes in base64 or hexadecimal'),
    example: '<32 random bytes, as from: openssl rand -base64 32>',
    secret: true,
  },
  SLACK_TOKEN: {
    schema: rule(
      value => (/^xoxb-[\w-]+$/.test(value) ? value : undefined),
      'is not the bot token of a Slack app, which begins with xoxb-',
    ),
    example: 'xoxb-1234567890-1234567890123-AbCdEfGhIjKl',
    secret: true,
  },
  SLACK_APP_TOKEN: {
    schema: rule(
      value => (/^xapp-[\w-]+$/.test(value) ? value : undefined),
      'is not the app-level token of a Slack app, which begins with xapp-',
    ),
    example: 'xapp-1-A0123456789-1234567890123-0123456789abcdef',
    secret: true,
  },
  SLACK_API_URL: {
    schema: rule(value => url(value, 'http:', 'https:'), 'is not a web address'),
    example: 'https://slack.com/api',
  },
  TLS_CERT: { schema: text, example: '/etc/first-court/cert.pem' },
  TLS_KEY: { schema: text, example: '/etc/first-court/key.pem' },
  TRUST_PROXY: {
    schema: rule(
      value =>
        OFF.includes(value) ? false : /^[1-9]\d?$/.test(value) ? Number(value) : list(value, addresses),
      'is neither the number of proxies in front nor a list of their addresses',
    ),
    example: '1',
  },
  ALLOWED_ORIGINS: {
    schema: rule(
      value => list(value, origin),
      'is not a list of web origins, each with its scheme and without a path',
    ),
    example: 'https://intranet.example.com,https://wiki.example.com',
  },
  TRANSPORTS: {
    schema: rule(value => list(value, transport), 'is not a list of websocket, polling'),
    example: 'websocket,polling',
  },
  METRICS_TOKEN: {
    schema: rule(
      value => (/^[\w.~+/=-]{16,}$/.test(value) ? value : undefined),
      'is not a token of 16 letters and digits or more',
    ),
    example: '<24 random bytes, as from: openssl rand -hex 24>',
    secret: true,
  },
  AI_MONTHLY_BUDGET: {
    schema: rule(
      value => (/^\d+(\.\d+)?$/.test(value) && Number(value) <= 1_000_000 ? Number(value) : undefined),
      'is not an amount of US dollars',
    ),
    example: '25',
  },
  AI_LIVE_EVERY: {
    schema: rule(
      value =>
        OFF.includes(value.toLowerCase()) ? 0 : /^[1-9]\d{0,5}$/.test(value) ? Number(value) : undefined,
      'is neither a number of new entries nor off',
    ),
    example: '50',
  },
  RATE_LIMITS: { schema: onOff, example: 'on' },
  LOAD_SHEDDING: { schema: onOff, example: 'on' },
  MAX_CONNECTIONS: { schema: amount, example: '10000' },
  MAX_CONNECTIONS_PER_USER: { schema: amount, example: '10' },
  MAX_CONNECTIONS_PER_ADDRESS: { schema: amount, example: '50' },
  MAX_HANDSHAKES_PER_ADDRESS: { schema: amount, example: '20' },
  ELASTICSEARCH_URL: { schema: web, example: 'https://user:password@search.example.com:9200', secret: true },
  FILE_BYTES: { schema: bytes, example: '2GB' },
  FILES_PER_USER_BYTES: { schema: bytes, example: '10GB' },
  FILES_PER_ROOM_BYTES: { schema: bytes, example: '50GB' },
  RETENTION_DAYS: { schema: whole(1, 36_500, 'is not a number of days from 1 to 36500'), example: '365' },
  FILE_UNATTACHED_HOURS: { schema: whole(1, 8760, 'is not a number of hours from 1 to 8760'), example: '24' },
  CDN_URL: { schema: web, example: 'https://cdn.example.com' },
  STORAGE_URL: {
    schema: rule(
      value => (/^(file:|(s3|gs|supabase):\/\/[a-z0-9][a-z0-9._-]*$)/.test(value) ? value : undefined),
      'is none of file:FOLDER, s3://BUCKET, gs://BUCKET, supabase://BUCKET',
    ),
    example: 's3://court-files',
  },
  S3_ENDPOINT: { schema: web, example: 'https://s3.example.com' },
  S3_REGION: {
    schema: rule(
      value => (/^[a-z0-9-]{2,40}$/.test(value) ? value : undefined),
      'is not the name of a region',
    ),
    example: 'eu-central-1',
  },
  S3_ACCESS_KEY_ID: { schema: apiKey, example: 'AKIAIOSFODNN7EXAMPLE', secret: true },
  S3_SECRET_ACCESS_KEY: { schema: apiKey, example: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', secret: true },
  FILES_ENCRYPTED: { schema: onOff, example: 'on' },
  CLAMAV_URL: {
    schema: rule(parseClamavAddress, 'is neither tcp://HOST:PORT nor unix:/PATH of a clamd'),
    example: 'tcp://127.0.0.1:3310',
  },
  SMTP_URL: {
    schema: rule(value => url(value, 'smtp:', 'smtps:'), 'is not the address of a mail server'),
    example: 'smtps://user:password@mail.example.com:465',
    secret: true,
  },
  MAIL_FROM: {
    schema: rule(
      value => (/^([^<>\p{Cc}]+ )?<?[^@\s<>]+@[^@\s<>]+>?$/u.test(value) ? value : undefined),
      'is not an address to write from',
    ),
    example: 'First Court <court@example.com>',
  },
  SMS_WEBHOOK_URL: { schema: web, example: 'https://sms.example.com/send', secret: true },
  SMS_WEBHOOK_SECRET: {
    schema: text,
    example: '<32 random bytes, as from: openssl rand -base64 32>',
    secret: true,
  },
  NOTIFY_AFTER_SECONDS: {
    schema: whole(0, 86_400, 'is not a number of seconds up to a day'),
    example: '120',
  },
  PRIVATE_TARGETS: {
    schema: rule(
      value => list(value, network),
      'is not a list of addresses and networks such as 10.1.0.0/16',
    ),
    example: '10.1.0.0/16,192.168.7.20',
  },
  CLAUDE_API_KEY: { schema: apiKey, example: 'sk-ant-0123456789abcdef', secret: true },
  CLAUDE_MODEL: { schema: claudeModel, example: 'claude-sonnet-5-5' },
  CLAUDE_BASE_URL: { schema: web, example: 'https://api.anthropic.com' },
  OPENAI_API_KEY: { schema: apiKey, example: 'sk-0123456789abcdef', secret: true },
  OPENAI_BASE_URL: { schema: web, example: 'http://127.0.0.1:11434/v1' },
  OPENAI_MODEL: { schema: text, example: 'gpt-6-luna' },
  EMBEDDING_PROVIDER: { schema: oneOf('openai', 'huggingface'), example: 'openai' },
  EMBEDDING_MODEL: { schema: text, example: 'text-embedding-3-small' },
  EMBEDDING_DIMENSIONS: { schema: whole(8, 4096, 'is not a whole number from 8 to 4096'), example: '512' },
  HF_TOKEN: { schema: apiKey, example: 'hf_0123456789abcdef', secret: true },
  HF_ENDPOINT_URL: { schema: web, example: 'https://name.endpoints.huggingface.cloud' },
} satisfies Record<string, Setting<unknown>>;
