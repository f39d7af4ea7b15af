// What the demo plays on: a hub in a folder of its own, and the simulated services that its settings name. All of it goes when this is disposed.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../server/config.ts';
import { type Running, start } from '../../server/start.ts';
import { freePort } from '../hub-process.ts';
import type { Playground } from '../simulators/playground.ts';
import { registry } from '../simulators/registry.ts';
import type { Scenario } from '../simulators/scenario.ts';

export interface Stage extends AsyncDisposable {
  readonly url: string;
  readonly hub: Running;
  readonly jwtSecret: string;
  readonly playgrounds: ReadonlyMap<string, Playground>;
}

const SERVICES = ['slack', 'gather', 'google'];
/** Where the hub is looked for first. */
const PORT = 3000;
/** Google is asked more often than in life: nobody waits three minutes for a demo. */
const TEMPO = { everyMs: 2000, gap: 0 };

/** @param port where the hub listens; else 3000, else a free one */
export async function openStage(scenario: Scenario, port?: number): Promise<Stage> {
  await using parts = new AsyncDisposableStack();
  const playgrounds = new Map<string, Playground>();
  for (const name of SERVICES) {
    const entry = registry[name];
    if (entry) playgrounds.set(name, parts.use(await entry.open(scenario.people, 0)));
  }
  const data = await mkdtemp(path.join(tmpdir(), 'first-court-demo-'));
  parts.defer(() => rm(data, { recursive: true, force: true }));
  const jwtSecret = crypto.randomUUID() + crypto.randomUUID();
  const chosen = String(port ?? ((await isFree(PORT)) ? PORT : await freePort()));
  // These settings and no others: what is in .env belongs to somebody's real hub.
  const config = readConfig({
    DATA_DIR: data,
    PORT: chosen,
    PUBLIC_URL: `http://127.0.0.1:${chosen}`,
    JWT_SECRET: jwtSecret,
    // Everybody comes from one address, and at once.
    RATE_LIMITS: 'off',
    LOAD_SHEDDING: 'off',
    MAX_CONNECTIONS_PER_ADDRESS: '1000',
    ...Object.assign({}, ...[...playgrounds.values()].map(({ settings }) => settings)),
  });
  const hub = parts.use(await start(config, quiet, { googleTempo: TEMPO }));
  const open = parts.move();
  return { url: hub.url, hub, jwtSecret, playgrounds, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

const tell = (fields: object, message: string) => {
  const { err, reason = err?.message } = fields as { err?: Error; reason?: string };
  process.stderr.write(`hub: ${message}${reason ? `: ${reason}` : ''}\n`);
};
const quiet = { debug: () => {}, info: () => {}, warn: tell, error: tell };

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>(resolve => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (free) {
    server.close();
    await once(server, 'close');
  }
  return free;
}
