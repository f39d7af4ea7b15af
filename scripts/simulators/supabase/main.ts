// A Supabase project on this machine to develop against: its data in ./data/supabase, its schema up to date, new keys at each start.
//
//     node scripts/simulators/supabase/main.ts [port]
import path from 'node:path';
import { withConnection } from '../../../server/store/databases.ts';
import { openEmbedded } from '../../../server/store/embedded.ts';
import { migrate } from '../../../server/store/migrate.ts';
import { prepareDatabase } from './roles.ts';
import { openSupabaseSimulator } from './simulator.ts';

const DATA = path.join(import.meta.dirname, '../../../data/supabase');
/** The one that Supabase's own tools use for a project on the same machine. */
const PORT = 54_321;

await using parts = new AsyncDisposableStack();
const { url: databaseUrl } = parts.use(await openEmbedded(DATA));
await prepareDatabase(databaseUrl);
await withConnection(databaseUrl, sql => migrate(sql));
const project = parts.use(
  await openSupabaseSimulator({ databaseUrl, port: Number(process.argv[2] ?? PORT) }),
);
const ada = { email: 'ada@example.com', app_metadata: { role: 'admin' } };
process.stdout.write(
  [
    'A Supabase project for this machine alone. Start the hub with these settings; Ctrl-C ends the project.',
    '',
    `SUPABASE_URL=${project.url}`,
    `SUPABASE_KEY=${project.secretKey}`,
    '',
    `An access token of an administrator, for an hour: ${await project.auth.signIn(ada)}`,
    '',
  ].join('\n'),
);
await new Promise(resolve => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
});
