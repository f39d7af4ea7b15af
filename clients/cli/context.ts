// What every command gets: the terminal, the environment, the kept sign-ins.
import { type Credentials, createCredentials } from './credentials.ts';
import { openSession, resolveUrl, type Session } from './session.ts';
import type { Terminal } from './terminal.ts';
import { createTerminal } from './terminal.ts';

export interface Context {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly credentials: Credentials;
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WriteStream;
  /** From --url. */
  url: string | undefined;
  resolveUrl(): Promise<string>;
  session(): Promise<Session>;
}

export function createContext(process: NodeJS.Process, signal: AbortSignal): Context {
  const { env, stdin, stdout, stderr } = process;
  const credentials = createCredentials(env);
  return {
    terminal: createTerminal(stdout, stderr, signal),
    signal,
    env,
    credentials,
    stdin,
    stderr,
    url: undefined,
    resolveUrl() {
      return resolveUrl({ url: this.url, env, credentials, signal });
    },
    session() {
      return openSession({ url: this.url, env, credentials, signal });
    },
  };
}
