// The services outside that the config names, each loaded only where it is wanted: the clients of most are big.

import type { Tempo as ModelTempo } from './ai/tempo.ts';
import { openBlobs } from './blobs/open.ts';
import { type Config, loadStorage } from './config.ts';
import { createClamd } from './files/clamd.ts';
import { openInspector } from './files/open.ts';
import type { ContactOptions } from './hub/contacts.ts';
import type { Log } from './hub/ports.ts';
import type { Integration } from './hub/ports-integrations.ts';
import { createGather } from './integrations/gather/index.ts';
import type { Tempo as SlackTempo } from './integrations/slack/index.ts';
import type { RedisLink } from './redis.ts';
import type { ElasticOptions } from './search/elasticsearch.ts';
import { keyFor, type Secrets, vapidKeys } from './secrets.ts';
import type { WebhookOptions } from './senders/webhook.ts';
import type { Db } from './store/db.ts';
import { createIndexSource } from './store/queries/indexing.ts';
import type { OpenedSummarizer } from './summarizer/open.ts';

/** Where people are, and what they say there. Google is more than that, and opened by itself. */
export async function integrationsOf(
  { slack, gather, publicUrl }: Config,
  tempo?: Partial<SlackTempo>,
): Promise<Integration[]> {
  const integrations: Integration[] = [];
  if (slack) {
    const { createSlack } = await import('./integrations/slack/index.ts');
    integrations.push(createSlack({ ...slack, publicUrl, ...(tempo && { tempo }) }));
  }
  if (gather) integrations.push(createGather(gather));
  return integrations;
}

/** Where files lie, and what looks into them. */
export async function filesOf(config: Config, { jwtSecret: secret, encryptionKey }: Secrets) {
  await using parts = new AsyncDisposableStack();
  const blobs = parts.use(
    await openBlobs(await loadStorage(config), config.filesEncrypted ? { encryptionKey } : {}),
  );
  const inspector = parts.use(openInspector());
  const scanner = config.clamav && createClamd({ address: config.clamav });
  const open = parts.move();
  return {
    options: { ...config.files, blobs, inspector, scanner, secret },
    uploads: blobs.uploads,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** What the nodes hear each other through. */
export async function redisOf({ redis }: Config, log: Log): Promise<RedisLink | undefined> {
  if (!redis) return undefined;
  const { openRedis } = await import('./redis.ts');
  return openRedis(redis, log);
}

/** Who writes summaries, when it is not the hub alone. */
export async function modelsOf(
  { models }: Config,
  log: Log,
  tempo?: Partial<ModelTempo>,
): Promise<OpenedSummarizer | undefined> {
  if (!models.claude && !models.openai?.model) return undefined;
  const { openSummarizer } = await import('./summarizer/open.ts');
  return openSummarizer(models, { log, tempo });
}

/** Who makes embeddings, and who looks through them. */
export async function meaningOf({ models }: Config, db: Db, log: Log, tempo?: Partial<ModelTempo>) {
  const { embeddings } = models;
  if (!embeddings) return undefined;
  const { openEmbedder } = await import('./embedder/open.ts');
  const { openVectors } = await import('./search/vectors/open.ts');
  await using parts = new AsyncDisposableStack();
  const embedder = parts.use(await openEmbedder({ ...models, embeddings }, tempo));
  const vectors = parts.use(await openVectors(db, embedder, log));
  const open = parts.move();
  return { embedder, vectors, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** Who finds messages instead of the database. */
export async function elasticOf(
  { elasticsearchUrl: url }: Config,
  db: Db,
  log: Log,
  options?: Pick<ElasticOptions, 'tempo' | 'patience'>,
) {
  if (!url) return undefined;
  const { createElasticsearch } = await import('./search/elasticsearch.ts');
  return createElasticsearch({ url, source: createIndexSource(db), log, ...options });
}

/** How people and programs outside the hub are reached. `publicUrl` is where the hub is, once that is known. */
export async function reachOf(
  config: Config,
  secrets: Secrets,
  webhooks: Pick<WebhookOptions, 'store' | 'sealer'>,
  publicUrl: () => string | undefined,
) {
  const { createGuard } = await import('./senders/guard.ts');
  const { openSenders } = await import('./senders/open.ts');
  const keys = vapidKeys(secrets.encryptionKey);
  const guard = createGuard(config.privateTargets);
  const {
    senders,
    courier,
    [Symbol.asyncDispose]: close,
  } = await openSenders(config.senders, {
    guard,
    keys,
    publicUrl,
    webhooks,
  });
  const contacts: ContactOptions = {
    pushKey: keys.publicKey,
    checkEndpoint: guard.check,
    linkKey: keyFor('unsubscribe', secrets.encryptionKey),
    publicUrl,
  };
  return { senders, courier, contacts, [Symbol.asyncDispose]: close };
}
