// The only reader of the environment: names become one validated value, and what is wrong becomes a sentence with an example.
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

export interface Config {
  readonly environment: 'development' | 'production' | 'test';
  readonly host: string;
  readonly port: number;
  /** Names this node in logs, metrics and `welcome`. */
  readonly nodeName: string;
  readonly dataDir: string;
  readonly store: { readonly kind: 'embedded' } | { readonly kind: 'postgres'; readonly url: string };
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  readonly jwtSecret?: string | undefined;
  readonly encryptionKey?: string | undefined;
  readonly publicUrl?: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly trustProxy: boolean | number | string;
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly transports: ('websocket' | 'polling')[];
  readonly rateLimits: boolean;
  readonly maxConnections: number;
  readonly maxConnectionsPerUser: number;
  readonly maxConnectionsPerAddress: number;
  /** A second. */
  readonly maxHandshakesPerAddress: number;
  /** What was set and is not used. */
  readonly warnings: readonly string[];
}

/** One line for each variable that is wrong or missing. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

interface Variable<T> {
  readonly schema: z.ZodType<T, string | undefined>;
  readonly example: string;
}

const variable = <T>(schema: z.ZodType<T, string | undefined>, example: string): Variable<T> => ({
  schema,
  example,
});
const optional = (schema: z.ZodType<string, string>) => schema.optional();
const count = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'is not a whole number')
    .optional()
    .transform(text => (text === undefined ? fallback : Number(text)));
const oneOf = <const T extends string>(values: readonly [T, ...T[]], fallback: NoInfer<T>) =>
  z
    .enum(values, `is not one of ${values.join(', ')}`)
    .optional()
    .transform((value): T => value ?? fallback);
const url = (protocol: RegExp, what: string) =>
  z.string().refine(text => URL.canParse(text) && protocol.test(new URL(text).protocol), `is not ${what}`);
const origin = url(/^https?:$/, 'an http(s) URL');

/** Every variable that this version reads. `.env.example` describes each. */
export const variables = {
  ENVIRONMENT: variable(oneOf(['development', 'production', 'test'], 'development'), 'production'),
  DEBUG: variable(oneOf(['true', 'false', '1', '0'], 'false'), 'true'),
  LOG_LEVEL: variable(
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], 'is not a log level').optional(),
    'debug',
  ),
  HOST: variable(optional(z.string().regex(/^[\w.:-]+$/, 'is not a host name or address')), '127.0.0.1'),
  PORT: variable(
    count(3000).refine(port => port < 65_536, 'is not a port number'),
    '3000',
  ),
  NODE_NAME: variable(
    optional(z.string().regex(/^[\w.-]{1,63}$/, 'is not a name of letters, digits, dots, dashes')),
    'hub-1',
  ),
  DATA_DIR: variable(
    z
      .string()
      .optional()
      .transform(dir => path.resolve(dir ?? 'data')),
    './data',
  ),
  DATABASE_URL: variable(
    optional(url(/^postgres(ql)?:$/, 'a PostgreSQL URL')),
    'postgres://user:password@127.0.0.1:5432/first_court',
  ),
  JWT_SECRET: variable(
    optional(z.string().refine(text => Buffer.byteLength(text) >= 32, 'is shorter than 32 bytes')),
    '$(openssl rand -base64 48)',
  ),
  ENCRYPTION_KEY: variable(
    optional(z.string().refine(text => keyBytes(text) === 32, 'is not 32 bytes in base64 or hex')),
    '$(openssl rand -base64 32)',
  ),
  PUBLIC_URL: variable(optional(origin), 'https://court.example.com'),
  ALLOWED_ORIGINS: variable(
    z
      .string()
      .optional()
      .transform(text =>
        (text ?? '')
          .split(',')
          .map(item => item.trim())
          .filter(Boolean),
      )
      .refine(
        items => items.every(item => origin.safeParse(item).success),
        'is not a list of http(s) origins',
      ),
    'https://chat.example.com,https://intra.example.com',
  ),
  TRUST_PROXY: variable(
    z
      .string()
      .regex(/^(true|false|\d{1,2}|[\w.:/, ]+)$/, 'is not true, a number of proxies or a list of addresses')
      .optional()
      .transform(text =>
        !text || text === 'false' ? false : text === 'true' ? true : /^\d+$/.test(text) ? Number(text) : text,
      ),
    '1',
  ),
  TLS_CERT: variable(z.string().optional(), '/etc/first-court/cert.pem'),
  TLS_KEY: variable(z.string().optional(), '/etc/first-court/key.pem'),
  TRANSPORTS: variable(
    z
      .string()
      .optional()
      .transform(text => (text ?? 'websocket').split(',').map(item => item.trim()))
      .pipe(z.array(z.enum(['websocket', 'polling'], 'takes websocket and polling')).min(1)),
    'websocket,polling',
  ),
  RATE_LIMITS: variable(oneOf(['on', 'off'], 'on'), 'on'),
  MAX_CONNECTIONS: variable(count(10_000), '10000'),
  MAX_CONNECTIONS_PER_USER: variable(count(10), '10'),
  MAX_CONNECTIONS_PER_ADDRESS: variable(count(50), '50'),
  MAX_HANDSHAKES_PER_ADDRESS: variable(count(20), '20'),
} as const;

/** Named in the protocol, for what later versions do. */
const unused = [
  'SUPABASE_URL',
  'SUPABASE_KEY',
  'REDIS_URL',
  'ELASTICSEARCH_URL',
  'CLAUDE_API_KEY',
  'OPENAI_API_KEY',
  'GATHER_API_KEY',
  'GOOGLE_CREDENTIALS',
  'SLACK_TOKEN',
  'SLACK_APP_TOKEN',
  'STORAGE_URL',
  'SMTP_URL',
];

type Env = Readonly<Record<string, string | undefined>>;

/** An empty variable counts as not set. @throws ConfigError */
export function readConfig(env: Env): Config {
  const wrong: string[] = [];
  const read = <N extends keyof typeof variables>(name: N): z.output<(typeof variables)[N]['schema']> => {
    const { schema, example } = variables[name];
    const parsed = (schema as z.ZodType).safeParse(env[name] || undefined);
    if (parsed.success) return parsed.data as never;
    const value = /SECRET|KEY|DATABASE_URL/.test(name) ? 'the value' : JSON.stringify(env[name]);
    wrong.push(`${name}: ${value} ${parsed.error.issues[0]?.message}; example: ${name}=${example}`);
    return undefined as never;
  };
  const values = Object.fromEntries(
    Object.keys(variables).map(name => [name, read(name as keyof typeof variables)]),
  ) as {
    [N in keyof typeof variables]: z.output<(typeof variables)[N]['schema']>;
  };
  const missing = (name: keyof typeof variables, why: string) =>
    wrong.push(`${name}: ${why}; example: ${name}=${variables[name].example}`);

  const production = values.ENVIRONMENT === 'production';
  if (production) {
    for (const name of ['JWT_SECRET', 'ENCRYPTION_KEY'] as const) {
      if (!env[name]) missing(name, 'is missing, and production does not start on a made-up secret');
    }
    if (values.RATE_LIMITS === 'off')
      missing('RATE_LIMITS', '"off" is for benchmarks and refused in production');
  }
  if ((values.TLS_CERT === undefined) !== (values.TLS_KEY === undefined)) {
    missing(values.TLS_CERT ? 'TLS_KEY' : 'TLS_CERT', 'is missing; TLS needs both');
  }
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));

  const debug = values.DEBUG === 'true' || values.DEBUG === '1';
  return {
    environment: values.ENVIRONMENT,
    host: values.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: values.PORT,
    nodeName: values.NODE_NAME ?? `${hostname()}-${process.pid}`,
    dataDir: values.DATA_DIR,
    store: values.DATABASE_URL ? { kind: 'postgres', url: values.DATABASE_URL } : { kind: 'embedded' },
    logLevel: values.LOG_LEVEL ?? (debug ? 'debug' : 'info'),
    jwtSecret: values.JWT_SECRET,
    encryptionKey: values.ENCRYPTION_KEY,
    publicUrl: values.PUBLIC_URL?.replace(/\/+$/, ''),
    allowedOrigins: values.ALLOWED_ORIGINS,
    trustProxy: values.TRUST_PROXY,
    tls: values.TLS_CERT && values.TLS_KEY ? { cert: values.TLS_CERT, key: values.TLS_KEY } : undefined,
    transports: values.TRANSPORTS,
    rateLimits: values.RATE_LIMITS === 'on',
    maxConnections: values.MAX_CONNECTIONS,
    maxConnectionsPerUser: values.MAX_CONNECTIONS_PER_USER,
    maxConnectionsPerAddress: values.MAX_CONNECTIONS_PER_ADDRESS,
    maxHandshakesPerAddress: values.MAX_HANDSHAKES_PER_ADDRESS,
    warnings: unused.filter(name => env[name]).map(name => `${name} is set, but not used by this version.`),
  };
}

export interface Secrets {
  readonly jwtSecret: string;
  readonly encryptionKey: string;
}

/** The configured secrets; where one is not set, one made once and kept in `dataDir/secrets.json` (mode 600). */
export async function loadSecrets(
  config: Pick<Config, 'jwtSecret' | 'encryptionKey' | 'dataDir'>,
): Promise<Secrets> {
  const { jwtSecret, encryptionKey, dataDir } = config;
  if (jwtSecret && encryptionKey) return { jwtSecret, encryptionKey };
  const kept = await keepSecrets(path.join(dataDir, 'secrets.json'));
  return { jwtSecret: jwtSecret ?? kept.jwtSecret, encryptionKey: encryptionKey ?? kept.encryptionKey };
}

async function keepSecrets(file: string): Promise<Secrets> {
  await mkdir(path.dirname(file), { recursive: true });
  const fresh = {
    jwtSecret: randomBytes(48).toString('base64url'),
    encryptionKey: randomBytes(32).toString('base64'),
  };
  // Written whole under another name, then linked: of two hubs that start at once the second finds the first one's file.
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600 });
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  const text = await readFile(file, 'utf8');
  const parsed = z
    .object({ jwtSecret: z.string().min(32), encryptionKey: z.string() })
    .safeParse(tryJson(text));
  if (!parsed.success) {
    throw new ConfigError(
      `${file} is damaged. Restore it from a backup, or delete it: everybody must then sign in again.`,
    );
  }
  return parsed.data;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keyBytes(text: string): number {
  return /^[0-9a-f]{64}$/i.test(text) ? 32 : Buffer.from(text, 'base64').length;
}
