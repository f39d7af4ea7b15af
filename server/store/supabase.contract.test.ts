// time limit: 300 s
// takes: 17 s
import { storeContract, underTest } from '../testing/contracts/store.ts';
import { openTestProject } from '../testing/supabase.ts';
import { openSupabase } from './supabase.ts';

storeContract('supabase', async () => {
  await using parts = new AsyncDisposableStack();
  const { simulator, databaseUrl } = parts.use(await openTestProject());
  const { url, secretKey: key } = simulator;
  return await underTest(parts, databaseUrl, url, proxied => openSupabase({ url: proxied, key }));
});
