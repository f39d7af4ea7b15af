// `court` for tests, with a home of its own: in a process of its own as people run it, or here, which saves a second of work for each call.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Surroundings } from './context.ts';
import { type Folder, openFolder } from './formats/fixture.ts';
import { perform } from './perform.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Cli extends AsyncDisposable {
  readonly home: Folder;
  /** Runs it to its end in this process: a process is worth its price where its signals and pipes matter, or its death. */
  run(args: string[], options?: RunOptions): Promise<Ran>;
  /** Runs it with --json; every line of stdout must be JSON. Fails unless it ends with 0. */
  json(args: string[], options?: RunOptions): Promise<Record<string, unknown>[]>;
  /** A process of its own. */
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
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const words = Promise.all([text(stdout), text(stderr)]);
    const around = { env: { ...own, ...more }, stdin: Readable.from([stdin]), stdout, stderr };
    const code = await perform(args, around as unknown as Surroundings, new AbortController().signal);
    stdout.end();
    stderr.end();
    const [out, err] = await words;
    return { code, stdout: out, stderr: err };
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
