// `npm test`: types, lint, and every test file of the repository, on one real PostgreSQL.
//
//     npm test                     everything
//     npm test -- presence lint    what has one of these in its path or name
//     npm test -- --json           one JSON object instead of lines
//     npm test -- --times          also what kept the processors busiest (not on Windows)
import { chmod, glob, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { openEmbedded } from '../server/store/embedded.ts';
import { findChromium } from './lib/programs.mjs';
import { endGroup, type Outcome, remark, runFile, runProgram } from './lib/test-file.ts';
import { createReport } from './lib/test-report.ts';

interface Job {
  readonly name: string;
  /** Of the places that there are. */
  readonly places: number;
  run(env: NodeJS.ProcessEnv): Promise<Outcome>;
}

const root = path.join(import.meta.dirname, '..');
/** How much runs at once: most tests wait more than they work, and two cores have time for a third. */
const PLACES = 3;

async function main(args: string[]): Promise<boolean> {
  const wanted = args.filter(arg => !arg.startsWith('--'));
  const report = createReport(args.includes('--json'));
  const groups = new Set<number>();
  const jobs = (await allJobs(groups, args.includes('--times'))).filter(
    ({ name }) => wanted.length === 0 || wanted.some(part => name.includes(part)),
  );
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
  let free = PLACES;
  let freed = Promise.withResolvers<void>();
  const work = async (job: Job) => {
    running.add(job.name);
    report.progress([...running], done, jobs.length);
    const outcome = await job.run(env);
    running.delete(job.name);
    done++;
    report.finished(outcome);
    free += job.places;
    freed.resolve();
  };
  const all: Promise<void>[] = [];
  for (const job of jobs) {
    while (free < job.places) {
      freed = Promise.withResolvers();
      await freed.promise;
    }
    free -= job.places;
    all.push(work(job));
  }
  await Promise.all(all);
  return report.end();
}

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

async function allJobs(running: Set<number>, times: boolean): Promise<Job[]> {
  const tool = (name: string, args: string[]): Job => ({
    name,
    places: 1,
    async run(env) {
      const program = path.join(root, 'node_modules/.bin', args[0] ?? '');
      const { code, output, ms, cpuMs, problem } = await runProgram(args.slice(1), {
        cwd: root,
        env,
        limit: 120_000,
        running,
        times,
        program,
      });
      const failed = code === 0 && !problem ? 0 : 1;
      return { name, passed: 1 - failed, failed, skipped: 0, ms, cpuMs, reasons: [], problem, output };
    },
  });
  const files = await Array.fromAsync(
    glob('{server,shared,clients,scripts}/**/*.test.{ts,tsx}', {
      cwd: root,
      exclude: name => ['node_modules', 'dist'].includes(path.basename(name)),
    }),
  );
  return [
    tool('types', ['tsc', '--noEmit']),
    tool('lint', ['biome', 'check', '.']),
    ...files.sort().map(name => ({
      name,
      places: Math.min(PLACES, remark(root, name, 'places') ?? 1),
      run: (env: NodeJS.ProcessEnv) => runFile(root, name, env, running, { times }),
    })),
  ];
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
}
