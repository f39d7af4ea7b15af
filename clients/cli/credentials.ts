// The file that remembers who one is at which hub: readable by its owner alone, replaced as a whole.
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { user } from '../../shared/protocol/models.ts';
import { CliError } from './errors.ts';

const signIn = z.object({
  user,
  accessToken: z.string(),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
  /** Absent for a token that was handed in. */
  refreshToken: z.string().optional(),
});
export type SignIn = z.infer<typeof signIn>;

const contents = z.object({
  /** URL of the hub that commands talk to unless told otherwise. */
  current: z.string().optional(),
  hubs: z.record(z.string(), signIn),
});
type Contents = z.infer<typeof contents>;

export interface Credentials {
  readonly file: string;
  current(): Promise<string | undefined>;
  at(url: string): Promise<SignIn | undefined>;
  /** Also makes this hub the current one, if told so. */
  save(url: string, signIn: SignIn, options?: { current: boolean }): Promise<void>;
  /** False when there was nothing to forget. */
  forget(url: string): Promise<boolean>;
}

export function createCredentials(env: NodeJS.ProcessEnv): Credentials {
  const folder = path.join(env.XDG_CONFIG_HOME || path.join(homedir(), '.config'), 'first-court');
  const file = path.join(folder, 'credentials.json');

  async function read(): Promise<Contents> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new CliError(`Cannot read ${file}: ${error.code}.`, { cause: error });
    });
    if (text === undefined) return { hubs: {} };
    try {
      return contents.parse(JSON.parse(text));
    } catch (error) {
      throw new CliError(`${file} is damaged. Remove it and sign in again.`, { cause: error });
    }
  }

  async function write(changed: Contents): Promise<void> {
    const next = `${file}.${process.pid}`;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(next, `${JSON.stringify(changed, null, 2)}\n`, { mode: 0o600 });
      await chmod(next, 0o600);
      await rename(next, file);
    } catch (error) {
      throw new CliError(`Cannot write ${file}: ${(error as Error).message}`, { cause: error });
    }
  }

  return {
    file,
    current: async () => (await read()).current,
    at: async url => (await read()).hubs[url],
    async save(url, kept, { current } = { current: false }) {
      const before = await read();
      await write({ ...before, ...(current && { current: url }), hubs: { ...before.hubs, [url]: kept } });
    },
    async forget(url) {
      const { current, hubs } = await read();
      if (!(url in hubs)) return false;
      delete hubs[url];
      await write({ ...(current !== undefined && current !== url && { current }), hubs });
      return true;
    },
  };
}
