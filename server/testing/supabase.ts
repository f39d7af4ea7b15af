// A Supabase project for a test: the simulator over a database of its own, with the schema installed as `court migrate` does.
import { prepareDatabase } from '../../scripts/simulators/supabase/roles.ts';
import {
  openSupabaseSimulator,
  type SupabaseSimulator,
} from '../../scripts/simulators/supabase/simulator.ts';
import { withConnection } from '../store/databases.ts';
import { migrate } from '../store/migrate.ts';
import { openCopy } from './database.ts';

export interface TestProject extends AsyncDisposable {
  readonly simulator: SupabaseSimulator;
  readonly databaseUrl: string;
}

export async function openTestProject(): Promise<TestProject> {
  await using parts = new AsyncDisposableStack();
  const database = parts.use(
    await openCopy('supabase', async url => {
      await prepareDatabase(url);
      await withConnection(url, sql => migrate(sql));
    }),
  );
  const simulator = parts.use(await openSupabaseSimulator({ databaseUrl: database.url }));
  const open = parts.move();
  return { simulator, databaseUrl: database.url, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
