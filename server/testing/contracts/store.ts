// What the hub relies on from every driver of the database, as tests: rooms, people, integrations, search, summaries, and faults of the link.

import { openProxy } from '../../../scripts/lib/tcp-proxy.ts';
import type { Db } from '../../store/db.ts';
import { openPostgres, type Sql } from '../../store/postgres.ts';
import { faultsContract } from './faults.ts';
import { filesContract } from './files.ts';
import { integrationsContract } from './integrations.ts';
import { peopleContract } from './people.ts';
import { roomsContract } from './rooms.ts';
import { searchContract } from './search.ts';
import { summariesContract } from './summaries.ts';

/** A driver as the hub opens it, on an up-to-date database of its own. */
export interface StoreUnderTest extends Db {
  /** The same database past the driver: to move clocks, hold locks, and look at what is there. */
  readonly sql: Sql;
  /** Breaks what leads from the driver to the database, until `mend`. */
  cut(): void;
  mend(): void;
}

/** Runs the suites, each on a database of its own. */
export function storeContract(driver: string, open: () => Promise<StoreUnderTest>): void {
  roomsContract(driver, open);
  peopleContract(driver, open);
  integrationsContract(driver, open);
  filesContract(driver, open);
  searchContract(driver, open);
  summariesContract(driver, open);
  faultsContract(driver, open);
}

/**
 * Puts a driver under test, with a proxy in between that can be cut. Closes what is in `parts` after it.
 * @param url what the driver speaks to; it is opened with the proxy's address in place of host and port
 */
export async function underTest(
  parts: AsyncDisposableStack,
  databaseUrl: string,
  url: string,
  openDriver: (url: string) => Promise<Db>,
): Promise<StoreUnderTest> {
  await using stack = parts.move();
  const { sql } = stack.use(await openPostgres(databaseUrl));
  const through = new URL(url);
  const proxy = stack.use(await openProxy({ host: through.hostname, port: Number(through.port) }));
  through.port = String(proxy.port);
  const db = stack.use(await openDriver(through.href.replace(/\/$/, '')));
  const open = stack.move();
  return {
    call: db.call,
    sql,
    cut: proxy.cut,
    mend: proxy.mend,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
