// Runs one test file in a process of its own and says what came of it.
//
// A file is a plain uvu program: it runs its suites and must end by itself. It fails when it does not, when it leaves processes behind, or
// when uvu's summary is not the whole truth. It may take 120 s, or what a line `// time limit: 300 s` among its first ten says. With
// `// places: 2` there it takes the place of two others, since it keeps the machine busy or minds who else does.
// A test that cannot run here prints a line with `# skip <reason>`, and counts as skipped beside what passed; uvu's `test.skip` counts too.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

export interface Outcome {
  /** The file's path, or the name of another check. */
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly ms: number;
  /** Milliseconds of all cores that it and the processes it started and waited for worked; only where it was asked for. */
  readonly cpuMs?: number | undefined;
  /** Why tests were skipped, as far as they said. */
  readonly reasons: readonly string[];
  /** Why it failed beyond what its output shows. */
  readonly problem: string | undefined;
  readonly output: string;
}

const GRACE = 10_000;
const LIMIT = 120_000;
const SUMMARY = /\n {2}Total: {5}(\d+)\n {2}Passed: {4}(\d+)\n {2}Skipped: {3}(\d+)\n/;
const PRELOADS = ['../../server/testing/no-network.ts', './hook-errors.ts'];

/** The number in a line such as `// time limit: 300 s` among the first ten. */
export function remark(root: string, name: string, what: 'time limit' | 'places'): number | undefined {
  const head = readFileSync(path.join(root, name), 'utf8').split('\n', 10).join('\n');
  const number = new RegExp(`^// ${what}: (\\d+)( s)?$`, 'm').exec(head)?.[1];
  return number === undefined ? undefined : Number(number);
}

/**
 * @param running every process group that must not outlive the run is in here while it lives
 * @param grace milliseconds for the process to end after its summary
 * @param times whether to measure how long the processors worked
 */
export async function runFile(
  root: string,
  name: string,
  env: NodeJS.ProcessEnv,
  running: Set<number>,
  { grace = GRACE, times = false } = {},
): Promise<Outcome> {
  const file = path.join(root, name);
  const preloads = PRELOADS.flatMap(preload => [
    '--import',
    pathToFileURL(path.join(import.meta.dirname, preload)).href,
  ]);
  const seconds = remark(root, name, 'time limit');
  const limit = seconds === undefined ? LIMIT : seconds * 1000;
  const { output, code, ms, cpuMs, problem } = await runProgram([...preloads, file], {
    cwd: root,
    env,
    limit,
    grace,
    running,
    times,
  });

  const summary = SUMMARY.exec(output);
  const [total = 0, passed = 0, uvuSkipped = 0] = summary?.slice(1).map(Number) ?? [];
  const reasons = [...output.matchAll(/# skip (.+)/g)].map(match => match[1] ?? '');
  const trouble =
    problem ??
    (summary
      ? code === 0 || passed < total
        ? undefined
        : `it ended with exit code ${code}`
      : noSummary(code));
  return {
    name,
    passed,
    failed: Math.max(total - passed, trouble ? 1 : 0),
    skipped: Math.max(uvuSkipped, reasons.length),
    ms,
    cpuMs,
    reasons,
    problem: trouble,
    output,
  };
}

function noSummary(code: number | null): string {
  return code === 0
    ? 'it ended before its tests did, or never called test.run()'
    : `it ended with exit code ${code} before its tests did`;
}

interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limit: number;
  readonly grace?: number;
  readonly running: Set<number>;
  readonly times?: boolean;
  /** Instead of this Node. */
  readonly program?: string;
}

/** Runs what follows, and tells on a stream of its own how long that and its children worked: Node does not know it of a child. */
const TIMED = ['-c', '"$@"; code=$?; times >&3; exit $code', 'sh'];
/** The second line of `times`: user and system, as in `1m2.5s 0m0.25s`. */
const TIMES = /\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s/;

/** Runs a program in a process group of its own, and leaves nothing of the group behind. */
export async function runProgram(
  args: string[],
  { cwd, env, limit, grace = GRACE, running, times = false, program = process.execPath }: RunOptions,
) {
  const began = performance.now();
  const [file, all] = times ? ['sh', [...TIMED, program, ...args]] : [program, args];
  const child: ChildProcess = spawn(file, all, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', times ? 'pipe' : 'ignore'],
  });
  const group = child.pid;
  if (group !== undefined) running.add(group);
  let output = '';
  let worked = '';
  let problem: string | undefined;
  let timer = setTimeout(giveUp, limit, `it took longer than ${limit / 1000} s`);

  function giveUp(reason: string): void {
    problem = reason;
    if (group !== undefined) endGroup(group);
  }
  (child.stdio[3] as Readable | null)?.setEncoding('utf8').on('data', (text: string) => {
    worked += text;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const finished = SUMMARY.test(output);
      output += text;
      if (finished || !SUMMARY.test(output)) return;
      clearTimeout(timer);
      const reason = `it did not end within ${grace / 1000} s after its last test: a timer, socket or process is still open`;
      timer = setTimeout(giveUp, grace, reason);
    });
  }

  const code = await ended(child);
  clearTimeout(timer);
  const left = group === undefined ? [] : await leftBehind(group);
  if (left.length > 0) {
    problem ??= `it left processes behind:\n${left.join('\n')}`;
    endGroup(group as number);
  }
  if (group !== undefined) running.delete(group);
  return { output, code, problem, ms: Math.round(performance.now() - began), cpuMs: cpuMs(worked) };
}

function cpuMs(worked: string): number | undefined {
  const parts = TIMES.exec(worked)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [minutes = 0, seconds = 0, more = 0, rest = 0] = parts;
  return Math.round((minutes + more) * 60_000 + (seconds + rest) * 1000);
}

/** Does not wait for its pipes to close, which processes left behind may hold open. */
function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', async code => {
      const drained = new Promise(done => child.once('close', done));
      await Promise.race([drained, delay(500, undefined, { ref: false })]);
      resolve(code);
    });
  });
}

export function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What still runs in the group after a second. The usual answer, nothing, costs no process. */
async function leftBehind(group: number): Promise<string[]> {
  let left: string[] = [];
  for (let look = 0; look < 10; look++) {
    try {
      process.kill(-group, 0);
    } catch {
      return [];
    }
    const lines = spawnSync('ps', ['-A', '-o', 'pgid=,stat=,args='], { encoding: 'utf8' }).stdout.split('\n');
    left = lines.filter(line => Number.parseInt(line, 10) === group && !/^\s*\d+\s+Z/.test(line));
    if (left.length === 0) return [];
    await delay(100);
  }
  return left;
}
