// Signals, the banner and the exit code; everything else hangs off start().
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, readConfig } from './config.ts';
import { HubError } from './hub/errors.ts';
import { createLog } from './log.ts';
import { type Running, start } from './start.ts';

const root = path.join(import.meta.dirname, '..');
const envFile = path.join(root, '.env');
/** Over how long the clients leave on SIGTERM. */
const DRAIN_MS = 5000;
const admin = { id: 'admin', name: 'Admin', role: 'admin' } as const;

async function main(): Promise<number> {
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const began = performance.now();
  const config = readConfig(process.env);
  const log = createLog(config);
  for (const warning of config.warnings) log.warn({}, warning);

  const asked = new Promise<NodeJS.Signals>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  // Disposed on every way out: a hub that nobody waits for would serve on and ignore its signals.
  await using hub = await start(config, log);
  const ready = Math.round(performance.now() - began);
  const link = await welcome(hub).catch((error: unknown) => {
    log.warn(
      { err: error },
      'no sign-in link this time; "court token --user NAME --role admin" makes a token',
    );
    return undefined;
  });
  // Where the output is kept as a log, a secret has no place in it: there `court token --role admin` signs in.
  const shown = config.environment !== 'production' || process.stdout.isTTY;
  banner(config.publicUrl ?? hub.url, shown ? link : undefined, ready);
  const signal = await asked;
  log.info({ signal }, 'closing');
  // A second Ctrl-C does not wait for the first.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  // An orchestrator gives us time to send the clients elsewhere; a person at the terminal does not want to wait.
  await hub.drain(signal === 'SIGTERM' ? DRAIN_MS : 0);
  return 0;
}

/** Readies the hub for its first visitors. @returns a secret that signs the admin in, once */
async function welcome(hub: Running): Promise<string> {
  const link = await hub.people.makeLink(admin);
  await openCommons(hub);
  return link;
}

/** A hub without any public room gets one, so that the first people who come find a place to meet. */
async function openCommons({ hub }: Running): Promise<void> {
  const { rooms } = await hub.rooms.list(admin, { scope: 'public' });
  if (rooms.length > 0) return;
  const commons = {
    id: 'commons',
    title: 'Commons',
    kind: 'public',
    topic: 'Where everybody meets.',
  } as const;
  await hub.rooms.create(admin, commons).catch((error: unknown) => {
    // Archived, or made by another hub in this moment.
    if (!(error instanceof HubError) || error.code !== 'conflict') throw error;
  });
}

/** What a person at the terminal wants to see. The link is a secret: it goes to the terminal, never to the log. */
function banner(url: string, link: string | undefined, ms: number): void {
  process.stdout.write(
    [
      '',
      `  First Court is in session at ${url}  (${ms} ms)`,
      '',
      ...(link ? ['  Sign in as admin, once, within the hour:', `  ${url}/#signin=${link}`, ''] : []),
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
