// A Supabase project on this machine to develop against: its data in ./data/supabase, its schema up to date, new keys at each start.
import path from 'node:path';
import { withConnection } from '../../../server/store/databases.ts';
import { openEmbedded } from '../../../server/store/embedded.ts';
import { migrate } from '../../../server/store/migrate.ts';
import type { OpenPlayground } from '../playground.ts';
import { prepareDatabase } from './roles.ts';
import { openSupabaseSimulator } from './simulator.ts';

const DATA = path.join(import.meta.dirname, '../../../data/supabase');

export const open: OpenPlayground = async (_people, port) => {
  await using parts = new AsyncDisposableStack();
  const { url: databaseUrl } = parts.use(await openEmbedded(DATA));
  await prepareDatabase(databaseUrl);
  await withConnection(databaseUrl, sql => migrate(sql));
  const project = parts.use(await openSupabaseSimulator({ databaseUrl, port }));
  project.storage.shelf.make({ id: 'court-files', public: false, sizeLimit: null, types: null });
  const token = await project.auth.signIn({ email: 'ada@example.com', app_metadata: { role: 'admin' } });
  const opened = parts.move();
  return {
    title: 'Supabase',
    settings: { SUPABASE_URL: project.url, SUPABASE_KEY: project.secretKey },
    notes: [
      'STORAGE_URL=supabase://court-files keeps files there too, of up to 50 MiB, until it ends.',
      `An access token of an administrator, for an hour: ${token}`,
    ],
    places: [],
    deeds: {},
    accountOf: id => id,
    whereabouts: () => [],
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
};
