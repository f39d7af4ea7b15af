// `court` as people run it: a process of its own, with a home of its own, for tests.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type Folder, openFolder } from './formats/fixture.ts';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Cli extends AsyncDisposable {
  readonly home: Folder;
  /** Runs it to its end. */
  run(args: string[], options?: RunOptions): Promise<Ran>;
  /** Runs it with --json; every line of stdout must be JSON. Fails unless it ends with 0. */
  json(args: string[], options?: RunOptions): Promise<Record<string, unknown>[]>;
  start(
    args: string[],
    env?: Record<string, string>,
  ): ChildProcess & { stdout: NonNullable<ChildProcess['stdout']> };
}

export interface RunOptions {
  stdin?: string;
  env?: Record<string, string>;
}

const MAIN = path.join(import.meta.dirname, 'main.ts');

/** @param env settings on top of this process's own; what a developer's shell says of a hub does not count */
export async function openCli(env: Record<string, string>): Promise<Cli> {
  const home = await openFolder();
  const own = { ...process.env, COURT_URL: '', COURT_TOKEN: '', XDG_CONFIG_HOME: home.path, ...env };

  const start: Cli['start'] = (args, more = {}) =>
    spawn(process.execPath, [MAIN, ...args], { env: { ...own, ...more }, stdio: 'pipe' });

  const run: Cli['run'] = async (args, { stdin = '', env: more = {} } = {}) => {
    const child = spawn(process.execPath, [MAIN, ...args], { env: { ...own, ...more }, stdio: 'pipe' });
    child.stdin.end(stdin);
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { code: child.exitCode, stdout, stderr };
  };

  return {
    home,
    run,
    start,
    async json(args, options) {
      const { code, stdout, stderr } = await run([...args, '--json'], options);
      if (code !== 0) throw new Error(`court ${args.join(' ')} ended with ${code}: ${stderr}`);
      return stdout
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line));
    },
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}
