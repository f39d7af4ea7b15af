// takes: 16 s
import { storeContract, underTest } from '../testing/contracts/store.ts';
import { openTestDatabase } from '../testing/database.ts';
import { openPostgres } from './postgres.ts';

storeContract('postgres', async () => {
  await using parts = new AsyncDisposableStack();
  const { url } = parts.use(await openTestDatabase());
  return await underTest(parts, url, url, proxied => openPostgres(proxied));
});
