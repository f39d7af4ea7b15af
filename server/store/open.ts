// Opens the database that the config names, up to date: the embedded one, or a PostgreSQL of the operator's.
import type { Log } from '../hub/ports.ts';
import { openEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { openPostgres, type PostgresDb } from './postgres.ts';

export interface StoreConfig {
  readonly store: { readonly kind: 'embedded' } | { readonly kind: 'postgres'; readonly url: string };
  readonly dataDir: string;
  readonly nodeName: string;
}

/** @throws EmbeddedError, MigrationError, DbUnavailable; each says what to do */
export async function openStore(config: StoreConfig, log: Log): Promise<PostgresDb> {
  await using parts = new AsyncDisposableStack();
  const url =
    config.store.kind === 'postgres'
      ? config.store.url
      : parts.use(await openEmbedded(config.dataDir, { onNotice: line => log.warn({}, line) })).url;
  const db = parts.use(await openPostgres(url, { name: config.nodeName }));
  const applied = await migrate(db.sql);
  if (applied.length > 0) log.info({ migrations: applied.map(one => one.name) }, 'the schema is up to date');
  const open = parts.move();
  return { call: db.call, sql: db.sql, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
