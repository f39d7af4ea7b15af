// `court backup`: all that the hub's database holds, in one file, while the hub goes on.
import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { backup } from '../../../server/store/backup.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { isAbsent, openOperatorDatabase, operatorConfig } from '../operator.ts';
import { examples } from '../options.ts';
import { openRowProgress } from '../row-progress.ts';

export function backupCommand(context: Context): Command {
  return new Command('backup')
    .description("write the hub's database into one file (operator)")
    .argument('<file>', 'replaced when it is there, once the new one is whole')
    .addHelpText(
      'after',
      `${examples('court backup "backups/$(date +%F).gz"', 'DATABASE_URL=postgres://… court backup hub.gz')}

The hub may run: the file holds one moment of it. It is readable by you alone, and holds every message and the hashes of
passwords. Not in it: DATA_DIR/secrets.json, uploaded files, and tokens that renew or open a sign-in.`,
    )
    .action(async (file: string) => {
      const config = operatorConfig(context);
      if (isAbsent(config)) throw new CliError(`There is no database in ${config.dataDir} yet.`);
      await using database = await openOperatorDatabase(config, SUPABASE);
      using progress = openRowProgress(context.terminal, 'Writing');
      const manifest = await backup(database.url, file, progress.rows);
      const { size } = await stat(file);
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
      await context.terminal.result(
        { file, bytes: size, rows, ...manifest },
        `Wrote ${rows} rows of ${manifest.tables.length} tables, as they were at ${manifest.at}, into ${file} (${size} bytes).`,
      );
    });
}

const SUPABASE =
  "A backup is read over the project's connection string: DATABASE_URL=postgres://… court backup FILE";
