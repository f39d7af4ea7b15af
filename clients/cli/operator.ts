// What the operator's commands work on: the hub's own settings, secrets and database, found as `npm start` finds them.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Config, loadSecrets, readConfig } from '../../server/config.ts';
import type { Db } from '../../server/store/db.ts';
import { openEmbedded } from '../../server/store/embedded.ts';
import { openStore } from '../../server/store/open.ts';
import type { Context } from './context.ts';
import { CliError } from './errors.ts';

const root = path.join(import.meta.dirname, '../..');

/**
 * The settings of the hub, from the environment and its `.env`.
 * @throws ConfigError with a line for each variable that is wrong
 */
export function operatorConfig({ env }: Pick<Context, 'env'>): Config {
  const file = path.join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return readConfig(env);
}

export interface OperatorDatabase extends AsyncDisposable {
  readonly url: string;
}

/**
 * Where the database is: the operator's PostgreSQL, or the embedded one, started if no hub runs.
 * @throws CliError `supabase` when the hub speaks to Supabase's interface, which gives no way in
 */
export async function openOperatorDatabase(config: Config, supabase: string): Promise<OperatorDatabase> {
  if (config.store.kind === 'supabase') throw new CliError(supabase);
  if (config.store.kind === 'embedded') return openEmbedded(config.dataDir);
  return { url: config.store.url, [Symbol.asyncDispose]: async () => {} };
}

/** To look into an embedded database that is not there would make one. */
export const isAbsent = (config: Config): boolean =>
  config.store.kind === 'embedded' && !existsSync(path.join(config.dataDir, 'postgres'));

/** Up to date, also when no hub runs. */
export function openOperatorStore(context: Context): Promise<Db> {
  const tell = (_: object, line: string) => context.terminal.note(`court: ${line}`);
  const log = { debug: () => {}, info: () => {}, warn: tell, error: tell };
  return openStore({ ...operatorConfig(context), nodeName: 'court-cli' }, log);
}

/** What the hub signs access tokens with. @throws CliError when this machine does not know it */
export async function jwtSecret(context: Context): Promise<string> {
  const secret = await knownJwtSecret(context);
  if (secret !== undefined) return secret;
  throw new CliError('The hub has no JWT_SECRET yet: set it, or start the hub once and it makes one.');
}

export async function knownJwtSecret(context: Context): Promise<string | undefined> {
  const config = operatorConfig(context);
  if (config.jwtSecret !== undefined) return config.jwtSecret;
  const kept = existsSync(path.join(config.dataDir, 'secrets.json'));
  return kept ? (await loadSecrets(config)).jwtSecret : undefined;
}
