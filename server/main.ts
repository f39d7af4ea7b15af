// Signals, the banner and the exit code; everything else hangs off start().
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, readConfig } from './config.ts';
import { createLog } from './log.ts';
import { type Running, start } from './start.ts';

const root = path.join(import.meta.dirname, '..');
const envFile = path.join(root, '.env');

async function main(): Promise<number> {
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const began = performance.now();
  const config = readConfig(process.env);
  const log = createLog(config);
  for (const warning of config.warnings) log.warn({}, warning);

  const asked = new Promise<NodeJS.Signals>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  const hub = await start(config, log);
  await banner(hub, config.publicUrl ?? hub.url, Math.round(performance.now() - began));
  log.info({ signal: await asked }, 'closing');
  // A second Ctrl-C does not wait for the first.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  await hub[Symbol.asyncDispose]();
  log.info({}, 'closed');
  return 0;
}

/** What a person at the terminal wants to see. The link is a secret: it goes to the terminal, never to the log. */
async function banner(hub: Running, url: string, ms: number): Promise<void> {
  const secret = await hub.people.makeLink({ id: 'admin', name: 'Admin', role: 'admin' });
  process.stdout.write(
    [
      '',
      `  First Court is in session at ${url}  (${ms} ms)`,
      '',
      '  Sign in as admin, once, within the hour:',
      `  ${url}/#signin=${secret}`,
      '',
      '  Ctrl-C ends everything, the database too.',
      '',
      '',
    ].join('\n'),
  );
}

try {
  process.exitCode = await main();
} catch (error) {
  const told = error instanceof ConfigError || (error as { friendly?: boolean }).friendly === true;
  process.stderr.write(`${told ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
