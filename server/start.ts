// The composition root: the one place that knows every part. Opens what the config names, wires it, listens, and closes it in reverse.

import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import proxyAddr from 'proxy-addr';
import type { Tempo as ModelTempo } from './ai/tempo.ts';
import { createArgon2 } from './auth/argon2.ts';
import { createJwt } from './auth/jwt.ts';
import { createSealer } from './auth/sealer.ts';
import { acceptSupabase } from './auth/supabase.ts';
import { type Config, loadGoogleCredentials, loadSecrets } from './config.ts';
import { createApp } from './http/app.ts';
import { createHttpServer, listen } from './http/server.ts';
import { createHub, type Hub } from './hub/hub.ts';
import type { NoticeTempo } from './hub/notice-job.ts';
import { createOriginPolicy } from './hub/origins.ts';
import type { Tempo as OutboxTempo } from './hub/outbox-worker.ts';
import { createPeople, type People } from './hub/people.ts';
import type { Load, Log } from './hub/ports.ts';
import type { Summarizer } from './hub/ports-ai.ts';
import type { Integration } from './hub/ports-integrations.ts';
import { createMeters } from './hub/ports-meters.ts';
import type { Limits } from './hub/ports-people.ts';
import { createReadiness } from './hub/readiness.ts';
import { createGoogle, type GoogleOptions } from './integrations/google/index.ts';
import type { Tempo as SlackTempo } from './integrations/slack/index.ts';
import { createMemoryLimits, createNoLimits } from './limits/memory.ts';
import type { RedisLimits } from './limits/redis.ts';
import { createLoadMeter } from './load.ts';
import { createMetrics } from './metrics.ts';
import { elasticOf, filesOf, integrationsOf, meaningOf, modelsOf, reachOf, redisOf } from './outside.ts';
import { createBus } from './realtime/bus.ts';
import { createRealtime, type HubSocket, type Realtime } from './realtime/io.ts';
import { createOutlet } from './realtime/outlet.ts';
import type { RedisLink } from './redis.ts';
import type { ElasticOptions } from './search/elasticsearch.ts';
import { createPostgresSearch } from './search/postgres.ts';
import { sightOf } from './sight.ts';
import type { Db } from './store/db.ts';
import { openStore } from './store/open.ts';
import { createStores } from './store/stores.ts';

export interface Running extends AsyncDisposable {
  /** Where it listens, e.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly hub: Hub;
  readonly people: People;
  readonly db: Db;
  /** An open socket of this node, for tests that look below the protocol. */
  socket(id: string): HubSocket | undefined;
  /** Refuses new work, finishes what was begun, and sends the clients to other nodes over so many ms. Then dispose. */
  drain(overMs: number): Promise<void>;
}

/** What tests put in place of the real thing. */
export interface Overrides {
  now?(): number;
  presenceGrace?: number;
  pollMs?: number;
  slowPatience?: number;
  load?(): Load;
  integrations?: readonly Integration[];
  /** In place of the models. */
  summarizer?: Summarizer;
  freeSummarizer?: Summarizer;
  /** The pace at which Slack is spoken to. */
  slack?: Partial<SlackTempo>;
  googleTempo?: GoogleOptions['tempo'];
  /** The pace at which the outbox is worked off. */
  outbox?: Partial<OutboxTempo>;
  /** When people are told of messages. */
  notices?: Partial<NoticeTempo>;
  /** The pace at which models are asked. */
  modelTempo?: Partial<ModelTempo>;
  /** The pace at which the search index is kept, and how long an answer of it may take. */
  elastic?: Pick<ElasticOptions, 'tempo' | 'patience'>;
}

const WEB_DIR = path.join(import.meta.dirname, '../clients/web/dist');
/** How often sessions that another node ended are looked for (attack 12: within 2 s). */
const SESSION_POLL = 1500;
/** How often nodes tell each other how fast calls came. */
const LIMITS_SHARE = 250;

/**
 * Starts a hub. What was opened before a failure is closed again.
 * @throws ConfigError, EmbeddedError, MigrationError, DbUnavailable, or the listening error, each with a sentence that says what to do
 */
export async function start(config: Config, log: Log, overrides: Overrides = {}): Promise<Running> {
  await using parts = new AsyncDisposableStack();
  const secrets = await loadSecrets(config);
  const db = parts.use(await openStore(config, log));
  const origins = createOriginPolicy([
    ...config.allowedOrigins,
    ...(config.publicUrl ? [config.publicUrl] : []),
  ]);

  const redis = await redisOf(config, log);
  if (redis) parts.use(redis);
  const limits = await limitsOf(config, redis, log);
  const stores = createStores(db);
  const bus = createBus({ io: () => realtime.io, secret: secrets.jwtSecret, log });
  const meters = createMeters();
  let url: string | undefined;
  const google =
    config.google &&
    createGoogle({
      ...config.google,
      credentials: await loadGoogleCredentials(config.google.credentials),
      publicUrl: () => config.publicUrl ?? url,
      secret: secrets.jwtSecret,
      consents: { secret: user => hub.consents.secret('google', user) },
      forward: channel => redis && bus.publish('pushed', { vendor: 'google', about: channel }),
      ...(overrides.googleTempo && { tempo: overrides.googleTempo }),
    });
  const free = parts.use(
    overrides.freeSummarizer ?? (await import('./summarizer/extractive/index.ts')).openExtractive(),
  );
  const models = await modelsOf(config, log, overrides.modelTempo);
  if (models) parts.use(models);
  const meaning = await meaningOf(config, db, log, overrides.modelTempo);
  if (meaning) parts.use(meaning);
  const sealer = createSealer(secrets.encryptionKey);
  const reach = parts.use(
    await reachOf(config, secrets, { store: stores.hub.hookStore, sealer }, () => config.publicUrl ?? url),
  );
  const elastic = await elasticOf(config, db, log, overrides.elastic);
  if (elastic) parts.use(elastic);
  const files = parts.use(await filesOf(config, secrets));
  const hub: Hub = parts.use(
    createHub({
      ...stores.hub,
      searchIndex: parts.use(createPostgresSearch(db)),
      meaning,
      files: files.options,
      sealer,
      integrations: [
        ...(await integrationsOf(config, overrides.slack)),
        ...(google ? [google.calendar] : []),
      ],
      summarizer: overrides.summarizer ?? models?.summarizer ?? free,
      freeSummarizer: free,
      ai: config.ai,
      senders: reach.senders,
      courier: reach.courier,
      contacts: reach.contacts,
      retentionDays: config.retentionDays,
      notices: { batch: config.notifyAfter * 1000 },
      ...(google && { fileLinks: google.drive }),
      pushed: (channel, vendor) => vendor === 'google' && google?.calendar.changed(channel),
      outlet: createOutlet(() => realtime.io, meters),
      meters,
      log,
      ...(redis && { bus }),
      outsideIndex: elastic,
      node: config.nodeName,
      sessionEnded: session => realtime.endSession(session),
      load: config.loadShedding ? parts.use(createLoadMeter()).look : undefined,
      health: parts.use(createLoadMeter()).health,
      sight: () => sightOf(realtime, redis, outside()),
      ...overrides,
    }),
  );
  const outside = () => ({
    ...hub.integrations.states(),
    ...models?.states(),
    ...(meaning && { embeddings: meaning.embedder.state() }),
  });
  const tokens = createJwt({ secret: secrets.jwtSecret });
  const people = createPeople({
    store: stores.people,
    tokens: config.supabaseUrl ? acceptSupabase(tokens, config.supabaseUrl) : tokens,
    hasher: createArgon2(),
    limits,
    log,
    confirm: user => hub.confirmations.ask(user),
    sessionEnded(session) {
      realtime.endSession(session);
      if (redis) bus.publish('sessionEnded', { session });
    },
  });

  const app = createApp({
    people,
    limits,
    files: { hub: hub.files, store: files.uploads },
    ...(google && {
      google: { signIn: google.signIn, consents: hub.consents, pushed: google.calendar.pushed },
    }),
    readiness: createReadiness({
      probe: () => db.call('probe', { node: config.nodeName }),
      draining: () => realtime.draining,
      load: hub.pressure.describe,
      ...(redis && { redis: redis.state }),
      ...(elastic && { index: elastic.state }),
      integrations: outside,
    }),
    metrics: createMetrics({
      meters,
      sight: () => ({
        sockets: realtime.sockets,
        ...hub.size,
        redis: redis?.state(),
        integrations: outside(),
        index: elastic?.state(),
      }),
    }),
    metricsToken: config.metricsToken,
    contacts: hub.contacts,
    confirmations: hub.confirmations,
    hooks: hub.hooks.door,
    ask: (actor, name, input) => realtime.ask({ id: `mcp ${actor.id}`, actor }, name, input),
    origins,
    log,
    trustProxy: config.trustProxy,
    https: config.tls !== undefined || config.publicUrl?.startsWith('https:') === true,
    webDir: WEB_DIR,
  });
  const server = await createHttpServer(config, app);
  const realtime: Realtime = parts.use(
    createRealtime({
      server,
      hub,
      authenticate: people.authenticate,
      limits,
      meters,
      caps: {
        total: config.maxConnections,
        perUser: config.maxConnectionsPerUser,
        perAddress: config.maxConnectionsPerAddress,
      },
      slowPatience: overrides.slowPatience,
      origins,
      transports: config.transports,
      node: config.nodeName,
      ...(redis && { adapter: redis.adapter, hinted: bus.receive }),
      addressOf: (request: IncomingMessage) => proxyAddr(request, app.get('trust proxy fn')),
      log,
    }),
  );
  hub.background.every(1000, 'close slow readers', realtime.endSlow);
  if (limits.share) hub.background.every(LIMITS_SHARE, 'even out limits with the other nodes', limits.share);
  hub.background.every(overrides.pollMs ?? SESSION_POLL, 'end sessions that are over', async () => {
    const open = realtime.openSessions();
    if (open.length === 0) return;
    for (const session of await people.endedSessions(open)) realtime.endSession(session);
  });

  url = await listen(server, config);
  hub.greet();
  const open = parts.move();
  return {
    url,
    hub,
    people,
    db,
    socket: id => realtime.io.sockets.sockets.get(id),
    async drain(overMs) {
      await Promise.all([hub.letGo(), realtime.drain(overMs)]);
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function limitsOf(
  config: Config,
  redis: RedisLink | undefined,
  log: Log,
): Promise<Limits & Partial<RedisLimits>> {
  if (!config.rateLimits) return createNoLimits();
  const handshakes = config.maxHandshakesPerAddress;
  const rates = { 'handshake.address': { perSecond: handshakes, burst: handshakes } };
  if (!redis) return createMemoryLimits(rates);
  const { createRedisLimits } = await import('./limits/redis.ts');
  return createRedisLimits(redis.client, log, rates);
}
