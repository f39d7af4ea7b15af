// `npm test`: types, lint, and every test file of the repository, on one real PostgreSQL.
//
//     npm test                     everything
//     npm test -- presence lint    what has one of these in its path or name
//     npm test -- --json           one JSON object instead of lines
//     npm test -- --times          also what kept the processors busiest (not on Windows)
//     npm test -- --help           this
import { chmod, glob, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { openEmbedded } from '../server/store/embedded.ts';
import { inPlaces } from './lib/places.ts';
import { findChromium } from './lib/programs.mjs';
import { endGroup, runProgram } from './lib/run-program.ts';
import { batchesOf, runBatch } from './lib/test-batch.ts';
import { type Outcome, runFile, wishesOf } from './lib/test-file.ts';
import { createReport } from './lib/test-report.ts';

interface Job {
  readonly name: string;
  /** Of the places that there are. */
  readonly places: number;
  /** About, in milliseconds. */
  readonly takes: number;
  run(env: NodeJS.ProcessEnv): Promise<Outcome[]>;
}

const root = path.join(import.meta.dirname, '..');
/** How much runs at once: most tests wait more than they work, and two cores have time for a third. */
const PLACES = 3;
/** For the files of one process, in ms. More would be saved with more, and less be known of what is under way. */
const TOGETHER = 40_000;
/** For the compiler and the linter, which work on everything. */
const TOOL_LIMIT = 360_000;
/** … and about how long they do, in ms. */
const TOOL_TAKES = 25_000;
const USAGE = `npm test                     types, lint, and every test file
npm test -- presence lint    what has one of these in its path or name
npm test -- --json           one JSON object instead of lines
npm test -- --times          also what kept the processors busiest (not on Windows)
`;

async function main(args: string[]): Promise<boolean> {
  const { values, positionals: wanted } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      times: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return true;
  }
  const report = createReport(values.json);
  const groups = new Set<number>();
  const isWanted = (name: string) => wanted.length === 0 || wanted.some(part => name.includes(part));
  const jobs = await jobsOf(isWanted, groups, values.times);
  if (jobs.length === 0) throw new Error(`No test has ${wanted.join(' or ')} in its path.`);

  await using parts = new AsyncDisposableStack();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      for (const group of groups) endGroup(group);
      await parts.disposeAsync();
      process.exit(130);
    });
  }
  const env = await environment(parts);
  const running = new Set<string>();
  let done = 0;
  const work = async (job: Job) => {
    running.add(job.name);
    report.progress([...running], done, jobs.length);
    const outcomes = await job.run(env);
    running.delete(job.name);
    done++;
    for (const outcome of outcomes) report.finished(outcome);
  };
  await inPlaces(PLACES, jobs.sort(longestFirst), work);
  return report.end();
}

/** So that in the end no long one runs alone. */
const longestFirst = (a: Job, b: Job) => b.takes * b.places - a.takes * a.places;

/** What every test process gets: a database server for all of them, made for this run and removed after it. */
async function environment(parts: AsyncDisposableStack): Promise<NodeJS.ProcessEnv> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'first-court-test-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  // PostgreSQL does not run as root, so its own user must be able to come in here.
  await chmod(folder, 0o755);
  const { url } = parts.use(await openEmbedded(folder, { durable: false }));
  const bin = path.join(root, 'node_modules/.bin');
  const guard = pathToFileURL(path.join(root, 'server/testing/no-network.ts')).href;
  const chromium = findChromium();
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    TEST_DATABASE_URL: url,
    PATH: `${bin}${path.delimiter}${process.env.PATH}`,
    // For the processes that tests start themselves.
    NODE_OPTIONS: `--import=${guard}`,
    NO_COLOR: '1',
    // Every file is a process of its own, and loads what the others loaded.
    NODE_COMPILE_CACHE: path.join(folder, 'compiled'),
    ...(chromium ? { CHROMIUM_PATH: chromium } : {}),
  };
  delete env.FORCE_COLOR;
  return env;
}

async function jobsOf(
  isWanted: (name: string) => boolean,
  running: Set<number>,
  times: boolean,
): Promise<Job[]> {
  const tool = (name: string, args: string[]): Job => ({
    ...{ name, places: 1, takes: TOOL_TAKES },
    async run(env) {
      const program = path.join(root, 'node_modules/.bin', args[0] ?? '');
      const options = { cwd: root, env, limit: TOOL_LIMIT, running, times, program };
      const { output, code, problem, ...took } = await runProgram(args.slice(1), options);
      const failed = code === 0 && !problem ? 0 : 1;
      return [{ ...{ name, passed: 1 - failed, failed, skipped: 0, reasons: [], problem, output }, ...took }];
    },
  });
  const files = await Array.fromAsync(
    glob('{server,shared,clients,scripts}/**/*.test.{ts,tsx}', {
      cwd: root,
      exclude: name => ['node_modules', 'dist'].includes(path.basename(name)),
    }),
  );
  const wanted = files
    .filter(isWanted)
    .sort()
    .map(name => ({ name, ...wishesOf(root, name) }));
  const [alone = [], together = []] = [true, false].map(is => wanted.filter(file => file.alone === is));
  return [
    // With one checker: several look at the same types again, which costs half as much more.
    tool('types', ['tsc', '--noEmit', '--checkers', '1']),
    tool('lint', ['biome', 'check', '.']),
  ]
    .filter(({ name }) => isWanted(name))
    .concat(
      batchesOf(together, TOGETHER).map(batch => {
        const names = batch.map(({ name }) => name);
        return {
          name: names.length > 1 ? `${names[0]} +${names.length - 1}` : String(names[0]),
          places: 1,
          takes: batch.reduce((sum, { takes }) => sum + takes, 0),
          run: (env: NodeJS.ProcessEnv) => runBatch(root, names, env, running, { times }),
        };
      }),
      alone.map(({ name, places, takes }) => ({
        ...{ name, takes },
        places: Math.min(PLACES, places),
        run: async (env: NodeJS.ProcessEnv) => [await runFile(root, name, env, running, { times })],
      })),
    );
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  const { message, stack, code } = error as NodeJS.ErrnoException;
  process.stderr.write(`${code?.startsWith('ERR_PARSE_ARGS') ? `${message}\n\n${USAGE}` : `${stack}\n`}`);
  process.exitCode = 1;
}
