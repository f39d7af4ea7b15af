// What every command gets: the terminal, the environment, the kept sign-ins.
import { type Credentials, createCredentials } from './credentials.ts';
import { openSession, resolveUrl, type Session } from './session.ts';
import type { Terminal } from './terminal.ts';
import { createTerminal } from './terminal.ts';

/** What a command has around it: a process, or what a test puts in its place. */
export type Surroundings = Pick<NodeJS.Process, 'env' | 'stdin' | 'stdout' | 'stderr'>;

export interface Context {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly credentials: Credentials;
  readonly stdin: NodeJS.ReadStream;
  /** For what is drawn; results go to the terminal. */
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** From --url. */
  url: string | undefined;
  resolveUrl(): Promise<string>;
  session(): Promise<Session>;
}

export function createContext({ env, stdin, stdout, stderr }: Surroundings, signal: AbortSignal): Context {
  const credentials = createCredentials(env);
  return {
    terminal: createTerminal(stdout, stderr, signal),
    signal,
    env,
    credentials,
    stdin,
    stdout,
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
