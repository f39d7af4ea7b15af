// `court migrate`: brings the hub's database up to date, or says what that would mean.
import { Command } from 'commander';
import { migrate, readMigrations } from '../../../server/store/migrate.ts';
import { openPostgres, type Sql } from '../../../server/store/postgres.ts';
import type { Context } from '../context.ts';
import { isAbsent, openOperatorDatabase, operatorConfig } from '../operator.ts';
import { examples } from '../options.ts';

export function migrateCommand(context: Context): Command {
  return new Command('migrate')
    .description("bring the hub's database up to date (operator)")
    .option('--dry-run', 'only say what would be applied')
    .addHelpText('after', examples('court migrate --dry-run', 'DATABASE_URL=postgres://… court migrate'))
    .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
      const config = operatorConfig(context);
      const files = (await readMigrations()).map(label);
      if (dryRun && isAbsent(config)) return report(context, files, dryRun);
      await using parts = new AsyncDisposableStack();
      const { url } = parts.use(await openOperatorDatabase(config, SUPABASE));
      const { sql } = parts.use(await openPostgres(url, { max: 1, name: 'court migrate' }));
      if (dryRun) await report(context, files.slice(await countApplied(sql)), dryRun);
      else await report(context, (await migrate(sql)).map(label), dryRun);
    });
}

const SUPABASE =
  "Supabase takes tables and functions by the project's connection string alone: " +
  'DATABASE_URL=postgres://… court migrate';

const label = ({ version, name }: { version: number; name: string }) =>
  `${String(version).padStart(4, '0')}_${name}`;

async function countApplied(sql: Sql): Promise<number> {
  const [row] = await sql`select to_regclass('schema_migrations') is not null as there`;
  return row?.there ? (await sql`select from schema_migrations`).count : 0;
}

async function report({ terminal }: Context, migrations: string[], dryRun: boolean): Promise<void> {
  const lines = migrations.map(name => `${dryRun ? 'would apply' : 'applied'} ${name}`);
  await terminal.result(
    { dryRun, migrations },
    lines.length > 0 ? lines.join('\n') : 'Nothing to do: the database is up to date.',
  );
}
