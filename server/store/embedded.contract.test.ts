import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { storeContract, underTest } from '../testing/contracts/store.ts';
import { withConnection } from './databases.ts';
import { openEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { openPostgres } from './postgres.ts';

// A server of its own, on which no other test has made roles: a plain PostgreSQL, as with nothing configured.
storeContract('embedded', async () => {
  await using parts = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'first-court-contract-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  // PostgreSQL does not run as root, so its own user must be able to come in here.
  await chmod(folder, 0o755);
  const { url } = parts.use(await openEmbedded(folder, { durable: false }));
  await withConnection(url, sql => migrate(sql));
  return await underTest(parts, url, url, proxied => openPostgres(proxied));
});
