// Where the hub keeps things: its database, Supabase, Redis.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { DbError } from '../../../server/store/db.ts';
import { openEmbedded } from '../../../server/store/embedded.ts';
import { readMigrations } from '../../../server/store/migrate.ts';
import { openPostgres } from '../../../server/store/postgres.ts';
import { openSupabase } from '../../../server/store/supabase.ts';
import type { Check, Finding } from './check.ts';
import { ask } from './http.ts';

/** SQLSTATE of a function that is not there. */
const UNDEFINED_FUNCTION = '42883';

export const database: Check = async ({ config }) => {
  const { store, dataDir } = config;
  if (store.kind === 'supabase') return { state: 'ok', reason: 'Supabase is the database; see there.' };
  if (store.kind === 'postgres') return lookInto(store.url);
  if (!existsSync(path.join(dataDir, 'postgres')))
    return { state: 'ok', reason: 'The hub makes its own database when it starts for the first time.' };
  await using own = await openEmbedded(dataDir);
  return await lookInto(own.url);
};

async function lookInto(url: string): Promise<Finding> {
  await using db = await openPostgres(url, { name: 'court doctor', max: 1 });
  const newest = (await readMigrations()).length;
  try {
    const { version } = (await db.call('schema_version', {})) as { version: number };
    if (version <= newest) return { state: 'ok' };
    return {
      state: 'failed',
      reason: `The database is newer than this program (${version}, this knows ${newest}).`,
      next: 'Start the newer program, or restore a backup from before the upgrade.',
    };
  } catch (error) {
    if (!(error instanceof DbError) || error.code !== UNDEFINED_FUNCTION) throw error;
    return { state: 'ok', reason: 'The database is still empty; the hub prepares it when it starts.' };
  }
}

export const supabase: Check = async ({ config, signal }) => {
  const { supabaseUrl, store } = config;
  if (!supabaseUrl) return { state: 'off' };
  const auth = await ask({
    url: `${supabaseUrl}/auth/v1/.well-known/jwks.json`,
    signal,
    name: 'Supabase',
    addressSetting: 'SUPABASE_URL',
    keySetting: 'SUPABASE_KEY',
  });
  if (auth.state === 'failed' || store.kind !== 'supabase') return auth;
  // Says in a sentence of its own what is wrong with the key or the schema.
  await using _ = await openSupabase({ url: store.url, key: store.key });
  return auth;
};

export const redis: Check = async ({ config, signal }) => {
  if (!config.redisUrl) return { state: 'off' };
  const client = new Redis(config.redisUrl, {
    lazyConnect: true,
    connectTimeout: 5000,
    commandTimeout: 5000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let last: Error | undefined;
  client.on('error', error => {
    last = error;
  });
  signal.addEventListener('abort', () => client.disconnect(), { once: true });
  try {
    await client.connect();
    await client.ping();
    await client.publish('first-court doctor', '');
    return { state: 'ok' };
  } catch (error) {
    const { message, code } = (last ?? error) as NodeJS.ErrnoException;
    const { host } = new URL(config.redisUrl);
    if (/NOAUTH|WRONGPASS|invalid password/i.test(message))
      return { state: 'failed', reason: 'Redis does not take the password.', next: 'Check it in REDIS_URL.' };
    if (/NOPERM/i.test(message))
      return {
        state: 'failed',
        reason: 'Redis lets us in, but does not allow us to publish.',
        next: 'Allow the account +@pubsub on the channels first-court*.',
      };
    return {
      state: 'failed',
      reason: `Redis cannot be reached at ${host} (${code ?? message}).`,
      next: 'Start it, or check REDIS_URL.',
    };
  } finally {
    client.disconnect();
  }
};
