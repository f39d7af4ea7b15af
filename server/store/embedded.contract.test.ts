// time limit: 300 s
// takes: 39 s
import { rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { storeContract, underTest } from '../testing/contracts/store.ts';
import { createDatabase, dropDatabase, withConnection, withDatabase } from './databases.ts';
import { openEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { openPostgres } from './postgres.ts';

// A server of its own, on which no other test has made roles: a plain PostgreSQL, as with nothing configured. It is made once, and each
// suite starts it and has a copy of what is in it.
const folder = await mkdtemp(path.join(os.tmpdir(), 'first-court-contract-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
// PostgreSQL does not run as root, so its own user must be able to come in here.
await chmod(folder, 0o755);
let suites = 0;

storeContract('embedded', async () => {
  await using parts = new AsyncDisposableStack();
  const { url } = parts.use(await openEmbedded(folder, { durable: false }));
  if (suites++ === 0) await withConnection(url, sql => migrate(sql));
  const name = `suite_${suites}`;
  await createDatabase(url, name, decodeURIComponent(new URL(url).pathname.slice(1)));
  parts.defer(() => dropDatabase(url, name));
  const own = withDatabase(url, name);
  return await underTest(parts, own, own, proxied => openPostgres(proxied));
});
