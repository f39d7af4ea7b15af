// `court restore`: the hub's database as a backup holds it. Hubs and clients that run go on with it by themselves.
import { Command } from 'commander';
import { verifyArchive } from '../../../server/store/archive.ts';
import { type Restored, restore } from '../../../server/store/restore.ts';
import type { Context } from '../context.ts';
import { isAbsent, openOperatorDatabase, operatorConfig } from '../operator.ts';
import { examples } from '../options.ts';
import { openRowProgress } from '../row-progress.ts';

interface Options {
  replace?: boolean;
  dryRun?: boolean;
}

export function restoreCommand(context: Context): Command {
  return new Command('restore')
    .description("bring the hub's database back to what a backup holds (operator)")
    .argument('<file>', 'what "court backup" wrote')
    .option('--replace', 'lose what is in the database now')
    .option('--dry-run', 'check the file and the database, change nothing')
    .addHelpText(
      'after',
      `${examples('court restore --dry-run hub.gz', 'court restore --replace hub.gz')}

All or nothing. The hub may run: it refuses calls as unavailable until it is done. Every sign-in ends, since one that was
ended after the backup must not come back to life: people sign in again, bots need new tokens. A database that was lost
cannot say which tokens it had given out since: change JWT_SECRET then, to end these too.`,
    )
    .action(async (file: string, { replace = false, dryRun = false }: Options) => {
      const config = operatorConfig(context);
      if (dryRun && isAbsent(config)) {
        const { at, tables } = await verifyArchive(file);
        await context.terminal.result(
          { file, dryRun, at, tables },
          `${file} is whole, and there is no database yet.`,
        );
        return;
      }
      await using database = await openOperatorDatabase(config, SUPABASE);
      using progress = openRowProgress(context.terminal, 'Restoring');
      const restored = await restore(database.url, file, { replace, dryRun, progress: progress.rows });
      const { manifest, ...figures } = restored;
      await context.terminal.result(
        { file, dryRun, at: manifest.at, ...figures },
        (dryRun ? foretell : describe)(restored),
      );
    });
}

function foretell({ manifest: { at, tables }, rows, rooms, replaced }: Restored): string {
  return `Would restore ${rows} rows of ${tables.length} tables, as they were at ${at}, with ${rooms} rooms${replaced ? ', in place of what is there' : ''}.`;
}

function describe({ manifest: { at, tables }, rows, rooms, ended, replaced }: Restored): string {
  return [
    `Restored ${rows} rows of ${tables.length} tables, as they were at ${at}.`,
    `Each of the ${rooms} rooms has a new epoch: connected clients read it anew within 2 s.`,
    `All sign-ins ended (${ended}): people sign in again, bots need new tokens.`,
    ...(replaced
      ? [
          'What happened after the backup is gone, removals, bans and disabled accounts too: look whether one must be repeated.',
        ]
      : [
          'If the old database was lost, change JWT_SECRET: tokens that it gave out after the backup are good until then.',
        ]),
  ].join('\n');
}

const SUPABASE =
  "A backup goes back over the project's connection string: DATABASE_URL=postgres://… court restore FILE";
