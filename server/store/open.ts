// Opens the database that the config names: the embedded one or a PostgreSQL of the operator's, which it brings up to date, or Supabase.
import type { Log } from '../hub/ports.ts';
import type { Db } from './db.ts';
import { openEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { openPostgres } from './postgres.ts';

export type Store =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'supabase'; readonly url: string; readonly key: string };

export interface StoreConfig {
  readonly store: Store;
  readonly dataDir: string;
  readonly nodeName: string;
}

/** @throws EmbeddedError, MigrationError, DbUnavailable; each says what to do */
export async function openStore(config: StoreConfig, log: Log): Promise<Db> {
  if (config.store.kind === 'supabase') {
    // Its client is big, and wanted by few.
    const { openSupabase } = await import('./supabase.ts');
    return openSupabase(config.store);
  }
  await using parts = new AsyncDisposableStack();
  const url =
    config.store.kind === 'postgres'
      ? config.store.url
      : parts.use(await openEmbedded(config.dataDir, { onNotice: line => log.warn({}, line) })).url;
  const db = parts.use(await openPostgres(url, { name: config.nodeName }));
  const applied = await migrate(db.sql);
  if (applied.length > 0) log.info({ migrations: applied.map(one => one.name) }, 'the schema is up to date');
  const open = parts.move();
  return { call: db.call, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
