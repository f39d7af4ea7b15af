// The settings of one hub, checked: environment variables in, unions out. Nothing else in the server looks at the environment.
import os from 'node:os';
import path from 'node:path';
import type { ClamavAddress } from './clamav-address.ts';
import { contradictions, type Name, problem, type Values, warnings } from './config-checks.ts';
import { type ModelsConfig, modelsOf } from './config-models.ts';
import { type StorageConfig, storageOf } from './config-storage.ts';
import type { GoogleCredentials } from './google-credentials.ts';
import type { RedisAddress } from './redis-address.ts';
import { settings } from './settings.ts';

export { loadStorage, type StorageConfig } from './config-storage.ts';
export { loadGoogleCredentials } from './google-credentials.ts';
export { loadSecrets, type Secrets } from './secrets.ts';

export interface Config {
  readonly environment: 'development' | 'production' | 'test';
  readonly debug: boolean;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Unique among the hubs of one database. */
  readonly nodeName: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Where people reach the hub, without a slash at the end. */
  readonly publicUrl: string | undefined;
  /** Absolute. */
  readonly dataDir: string;
  readonly store:
    | { readonly kind: 'embedded' }
    | { readonly kind: 'postgres'; readonly url: string }
    | { readonly kind: 'supabase'; readonly url: string; readonly key: string };
  /** The project whose Auth tokens are accepted, without a slash at the end. */
  readonly supabaseUrl: string | undefined;
  /** Undefined: no Gather space is watched. */
  readonly gather:
    | {
        readonly apiKey: string;
        /** `ID\NAME` of a Classic space; any other text names one of Gather 2.0. */
        readonly spaceId: string;
        /** Without a slash at the end. */
        readonly apiUrl: string;
      }
    | undefined;
  /** Between several nodes; undefined: this one is alone, or hears of others by the database. */
  readonly redis: RedisAddress | undefined;
  /** With name and password; undefined: the database finds messages alone. */
  readonly elasticsearchUrl: string | undefined;
  /** Undefined: files are not looked at for viruses. */
  readonly clamav: ClamavAddress | undefined;
  /** Undefined: Google is off. */
  readonly google:
    | {
        /** Parsed, or the path of their file; see loadGoogleCredentials. */
        readonly credentials: GoogleCredentials | string;
        /** In place of all of Google's addresses. */
        readonly rootUrl: string | undefined;
        /** The one Workspace domain whose people may sign in. */
        readonly hostedDomain: string | undefined;
      }
    | undefined;
  /** Undefined: loadSecrets makes one, which production does not allow. */
  readonly jwtSecret: string | undefined;
  /** 32 bytes. Undefined: as above. */
  readonly encryptionKey: Buffer | undefined;
  /** Undefined: not connected to Slack. */
  readonly slack:
    | { readonly token: string; readonly appToken: string; readonly apiUrl: string | undefined }
    | undefined;
  /** Files in PEM. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** How many proxies in front to believe, or which addresses. */
  readonly trustProxy: false | number | string[];
  readonly allowedOrigins: readonly string[];
  readonly transports: ('websocket' | 'polling')[];
  /** What Prometheus may show instead of an admin's access token. */
  readonly metricsToken: string | undefined;
  readonly ai: {
    /** US dollars. */
    readonly monthlyBudget: number;
    /** New entries after which a room's quiet summary is made anew; 0: never. */
    readonly liveEvery: number;
  };
  readonly rateLimits: boolean;
  readonly loadShedding: boolean;
  readonly maxConnections: number;
  readonly maxConnectionsPerUser: number;
  readonly maxConnectionsPerAddress: number;
  /** A second. */
  readonly maxHandshakesPerAddress: number;
  /** Days that rooms keep what is said which say nothing of it themselves; undefined: for ever. */
  readonly retentionDays: number | undefined;
  readonly files: FileSettings;
  /** Where files are kept; see loadStorage. */
  readonly storage: StorageConfig;
  /** With the key of ENCRYPTION_KEY. */
  readonly filesEncrypted: boolean;
  /** How people outside the hub are reached; Web Push needs no setting. */
  readonly senders: {
    readonly smtpUrl: string | undefined;
    /** Undefined: made from where the hub is. */
    readonly mailFrom: string | undefined;
    readonly smsWebhookUrl: string | undefined;
    readonly smsWebhookSecret: string | undefined;
  };
  /** Seconds until people who are away are told of messages. */
  readonly notifyAfter: number;
  /** Addresses and networks that pushes and webhooks may go to although they are private. */
  readonly privateTargets: readonly string[];
  readonly models: ModelsConfig;
  /** For the operator, one line each. */
  readonly warnings: readonly string[];
}

export interface FileSettings {
  /** Of one file, and of all that a person and a room keep, in bytes. */
  readonly limits: { readonly file: number; readonly user: number; readonly room: number };
  /** Hours after which uploads that stand still, and files that no message names, are removed. */
  readonly unattachedHours: number;
  /** In front of links to files, without a slash at the end. */
  readonly cdnUrl: string | undefined;
}

/** What is wrong with the settings: one line for each, naming the variable and giving an example. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const GB = 2 ** 30;
const PROJECT = path.join(import.meta.dirname, '..');
/**
 * Pure: reads `env` and nothing else. A variable that is empty counts as not set.
 * @param folder what relative paths start from
 * @throws ConfigError naming everything that is wrong at once
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  folder: string = PROJECT,
): Config {
  const set = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  );
  const { values, problems } = parse(set);
  problems.push(...contradictions(values, set));
  if (problems.length > 0) throw new ConfigError(problems);

  const { ENVIRONMENT: environment = 'development', DEBUG: debug = false } = values;
  const inFolder = (file: string) => path.resolve(folder, file);
  const dataDir = inFolder(values.DATA_DIR ?? 'data');
  return {
    environment,
    debug,
    logLevel: values.LOG_LEVEL ?? (debug ? 'debug' : environment === 'test' ? 'warn' : 'info'),
    nodeName:
      values.NODE_NAME ??
      `${os
        .hostname()
        .replace(/[^\w.-]/g, '-')
        .slice(0, 50)}-${process.pid}`,
    host: values.HOST ?? (environment === 'production' ? '0.0.0.0' : '127.0.0.1'),
    port: values.PORT ?? 3000,
    publicUrl: values.PUBLIC_URL,
    dataDir,
    store: chooseStore(values),
    supabaseUrl: values.SUPABASE_URL,
    gather: gatherOf(values),
    redis: values.REDIS_URL,
    elasticsearchUrl: values.ELASTICSEARCH_URL,
    clamav: values.CLAMAV_URL,
    google: googleOf(values, inFolder),
    jwtSecret: values.JWT_SECRET,
    encryptionKey: values.ENCRYPTION_KEY,
    slack:
      values.SLACK_TOKEN && values.SLACK_APP_TOKEN
        ? { token: values.SLACK_TOKEN, appToken: values.SLACK_APP_TOKEN, apiUrl: values.SLACK_API_URL }
        : undefined,
    tls:
      values.TLS_CERT && values.TLS_KEY
        ? { cert: inFolder(values.TLS_CERT), key: inFolder(values.TLS_KEY) }
        : undefined,
    trustProxy: values.TRUST_PROXY ?? false,
    allowedOrigins: values.ALLOWED_ORIGINS ?? [],
    transports: values.TRANSPORTS ?? ['websocket'],
    metricsToken: values.METRICS_TOKEN,
    ai: { monthlyBudget: values.AI_MONTHLY_BUDGET ?? 25, liveEvery: values.AI_LIVE_EVERY ?? 50 },
    rateLimits: values.RATE_LIMITS ?? true,
    loadShedding: values.LOAD_SHEDDING ?? true,
    maxConnections: values.MAX_CONNECTIONS ?? 10_000,
    maxConnectionsPerUser: values.MAX_CONNECTIONS_PER_USER ?? 10,
    maxConnectionsPerAddress: values.MAX_CONNECTIONS_PER_ADDRESS ?? 50,
    maxHandshakesPerAddress: values.MAX_HANDSHAKES_PER_ADDRESS ?? 20,
    retentionDays: values.RETENTION_DAYS,
    files: {
      limits: {
        file: values.FILE_BYTES ?? 2 * GB,
        user: values.FILES_PER_USER_BYTES ?? 10 * GB,
        room: values.FILES_PER_ROOM_BYTES ?? 50 * GB,
      },
      unattachedHours: values.FILE_UNATTACHED_HOURS ?? 24,
      cdnUrl: values.CDN_URL,
    },
    storage: storageOf(values, dataDir, inFolder),
    filesEncrypted: values.FILES_ENCRYPTED ?? false,
    senders: {
      smtpUrl: values.SMTP_URL,
      mailFrom: values.MAIL_FROM,
      smsWebhookUrl: values.SMS_WEBHOOK_URL,
      smsWebhookSecret: values.SMS_WEBHOOK_SECRET,
    },
    notifyAfter: values.NOTIFY_AFTER_SECONDS ?? 120,
    privateTargets: values.PRIVATE_TARGETS ?? [],
    models: modelsOf(values),
    warnings: warnings(values, set),
  };
}

function chooseStore({ DATABASE_URL, SUPABASE_URL, SUPABASE_KEY }: Values): Config['store'] {
  if (DATABASE_URL) return { kind: 'postgres', url: DATABASE_URL };
  if (SUPABASE_URL && SUPABASE_KEY) return { kind: 'supabase', url: SUPABASE_URL, key: SUPABASE_KEY };
  return { kind: 'embedded' };
}

function gatherOf({ GATHER_API_KEY, GATHER_SPACE_ID, GATHER_API_URL }: Values): Config['gather'] {
  if (!GATHER_API_KEY || !GATHER_SPACE_ID) return undefined;
  return {
    apiKey: GATHER_API_KEY,
    spaceId: GATHER_SPACE_ID,
    apiUrl: GATHER_API_URL ?? 'https://api.gather.town',
  };
}

function googleOf(values: Values, inFolder: (file: string) => string): Config['google'] {
  const {
    GOOGLE_CREDENTIALS: credentials,
    GOOGLE_ROOT_URL: rootUrl,
    GOOGLE_HOSTED_DOMAIN: hostedDomain,
  } = values;
  if (credentials === undefined) return undefined;
  return {
    credentials: typeof credentials === 'string' ? inFolder(credentials) : credentials,
    rootUrl,
    hostedDomain,
  };
}

function parse(set: Record<string, string>): { values: Values; problems: string[] } {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(settings)) {
    const text = set[name];
    if (text === undefined) continue;
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else {
      const shown = 'secret' in setting ? 'its value' : JSON.stringify(text.slice(0, 100));
      problems.push(problem(name as Name, `${shown} ${parsed.error.issues[0]?.message}`));
    }
  }
  return { values: values as Values, problems };
}
