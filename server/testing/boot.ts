// A whole hub for a test: on a free port, with a database of its own, real in every part.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PlatformRole } from '#shared/protocol/models.ts';
import { createJwt } from '../auth/jwt.ts';
import { readConfig } from '../config.ts';
import type { Log } from '../hub/ports.ts';
import { type Overrides, type Running, start } from '../start.ts';
import { openTestDatabase } from './database.ts';

export interface TestHub extends Running {
  readonly databaseUrl: string;
  /** Its folder, which goes with it. */
  readonly dataDir: string;
  /** An access token of this hub, as a client outside would be given. */
  token(sub: string, claims?: { name?: string; role?: PlatformRole; seconds?: number }): Promise<string>;
  /** What the hub logged as a warning or an error. */
  readonly complaints: { level: 'warn' | 'error'; fields: object; message: string }[];
}

export interface BootOptions extends Overrides {
  /** Settings on top of the tests' own, by their environment names. */
  env?: Record<string, string>;
  /** Another hub on the same database. */
  databaseUrl?: string;
}

const TEST_KEY = Buffer.alloc(32, 'a key of the tests').toString('base64');
export const TEST_SECRET = 'a secret of the tests that is long enough';

export async function boot({ env = {}, databaseUrl, ...overrides }: BootOptions = {}): Promise<TestHub> {
  await using parts = new AsyncDisposableStack();
  const url = databaseUrl ?? parts.use(await openTestDatabase()).url;
  const folder = await mkdtemp(path.join(tmpdir(), 'first-court-hub-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const config = readConfig({
    ENVIRONMENT: 'test',
    PORT: '0',
    DATABASE_URL: url,
    DATA_DIR: folder,
    JWT_SECRET: TEST_SECRET,
    // Hubs of one database share it, though each has a folder of its own.
    ENCRYPTION_KEY: TEST_KEY,
    RATE_LIMITS: 'off',
    // A machine that is busy with other tests must not decide what these see.
    LOAD_SHEDDING: 'off',
    MAX_CONNECTIONS_PER_USER: '10000',
    MAX_CONNECTIONS_PER_ADDRESS: '10000',
    ...env,
  });
  const complaints: TestHub['complaints'] = [];
  const complain = (level: 'warn' | 'error') => (fields: object, message: string) =>
    void complaints.push({ level, fields, message });
  const log: Log = { debug: () => {}, info: () => {}, warn: complain('warn'), error: complain('error') };
  const running = parts.use(await start(config, log, overrides));
  const tokens = createJwt({ secret: TEST_SECRET });
  const open = parts.move();
  return {
    ...running,
    databaseUrl: url,
    dataDir: config.dataDir,
    complaints,
    token: (sub, { name = sub, role = 'member', seconds = 3600 } = {}) =>
      tokens.sign({ sub, name, role }, seconds),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
