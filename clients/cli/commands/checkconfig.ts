// `court checkconfig`: what a hub would run on with these settings, or one line for each that is wrong. Starts nothing.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { type Config, ConfigError } from '../../../server/config.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { operatorConfig } from '../operator.ts';
import { examples } from '../options.ts';

export function checkconfigCommand(context: Context): Command {
  return new Command('checkconfig')
    .description("check the hub's settings and show what would run (operator)")
    .addHelpText('after', examples('court checkconfig', 'ENVIRONMENT=production court checkconfig --json'))
    .action(async () => {
      const { terminal } = context;
      try {
        const config = operatorConfig(context);
        const settings = describe(config);
        const lines = Object.entries(settings).map(([name, value]) => `${name.padEnd(12)} ${value}`);
        const warnings = config.warnings.map(warning => `warning      ${warning}`);
        await terminal.result(
          { ok: true, settings, warnings: config.warnings },
          [...lines, ...warnings].join('\n'),
        );
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        const errors = error.problems;
        if (terminal.json) await terminal.result({ ok: false, errors }, '');
        else for (const line of errors) terminal.note(line);
        throw new CliError('', { cause: error });
      }
    });
}

/** Without any secret. */
function describe(config: Config): Record<string, string> {
  const secret = (isSet: boolean) => {
    if (isSet) return 'as set';
    const file = path.join(config.dataDir, 'secrets.json');
    return existsSync(file) ? `kept in ${file}` : `will be made and kept in ${file}`;
  };
  return {
    environment: config.environment,
    listen: `${config.tls ? 'https' : 'http'}://${config.host}:${config.port}`,
    public: config.publicUrl ?? 'the same',
    node: config.nodeName,
    data: config.dataDir,
    database: database(config.store),
    jwt: secret(config.jwtSecret !== undefined),
    encryption: secret(config.encryptionKey !== undefined),
    transports: config.transports.join(', '),
    limits: config.rateLimits ? 'on' : 'off',
    connections: `${config.maxConnections}, ${config.maxConnectionsPerUser} per user, ${config.maxConnectionsPerAddress} per address`,
    log: config.logLevel,
  };
}

function database(store: Config['store']): string {
  if (store.kind === 'embedded') return 'embedded PostgreSQL';
  return store.kind === 'supabase' ? `Supabase, ${store.url}` : withoutPassword(store.url);
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password) shown.password = '***';
  return shown.href;
}
