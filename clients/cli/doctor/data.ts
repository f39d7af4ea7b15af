// Where the hub keeps things: its database, Supabase, Redis.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { openRedis } from '../../../server/redis.ts';
import { DbError } from '../../../server/store/db.ts';
import { openEmbedded } from '../../../server/store/embedded.ts';
import { readMigrations } from '../../../server/store/migrate.ts';
import { openPostgres } from '../../../server/store/postgres.ts';
import { openSupabase } from '../../../server/store/supabase.ts';
import type { Check, Finding } from './check.ts';
import { ask } from './http.ts';

/** What is found is said by the doctor, and nowhere else. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
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

export const redis: Check = async ({ config }) => {
  if (!config.redis) return { state: 'off' };
  try {
    // As a hub does at its start, with everything it will want to do there.
    await using _ = await openRedis(config.redis, quiet);
    return { state: 'ok' };
  } catch (error) {
    return {
      state: 'failed',
      reason: (error as Error).message,
      next: 'Start Redis, or mend REDIS_URL; .env.example says what its user must be allowed.',
    };
  }
};
