// Runs one test file in a process of its own and says what came of it.
//
// A file is a plain uvu program: it runs its suites and must end by itself. It fails when it does not, when it leaves processes behind, or
// when uvu's summary is not the whole truth. What a file asks for stands among its first ten lines:
//
//     // time limit: 300 s      instead of 240 s
//     // places: 2              it takes the place of two others, since it keeps the machine busy or minds who else does
//     // alone: why            it does not share its process with others, as those of one place do (test-batch.ts)
//
// A test that cannot run here prints a line with `# skip <reason>`, and counts as skipped beside what passed; uvu's `test.skip` counts too.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runProgram } from './run-program.ts';

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

export interface FileOptions {
  /** Milliseconds for the process to end after its summary. */
  readonly grace?: number;
  /** Whether to measure how long the processors worked. */
  readonly times?: boolean;
}

export interface Wishes {
  /** How long it may take, in milliseconds. */
  readonly limit: number;
  readonly places: number;
  /** It has to have a process of its own. */
  readonly alone: boolean;
  /** About how long it takes beside others, in milliseconds: long ones begin first. */
  readonly takes: number;
}

const LIMIT = 240_000;
/** Seconds of a file that says nothing of it. */
const SHORT = 2;
const SUMMARY = /\n {2}Total: {5}(\d+)\n {2}Passed: {4}(\d+)\n {2}Skipped: {3}(\d+)\n/;
export const SUMMARIES = new RegExp(SUMMARY, 'g');

/** What node is told to load before a file of this folder. */
export const preload = (...names: string[]): string[] =>
  names.flatMap(name => ['--import', pathToFileURL(path.join(import.meta.dirname, name)).href]);
export const NO_NETWORK = '../../server/testing/no-network.ts';

/** What a file asks for. */
export function wishesOf(root: string, name: string): Wishes {
  const head = readFileSync(path.join(root, name), 'utf8').split('\n', 10).join('\n');
  const seconds = /^\/\/ time limit: (\d+) s$/m.exec(head)?.[1];
  const places = /^\/\/ places: (\d+)$/m.exec(head)?.[1];
  return {
    limit: seconds ? Number(seconds) * 1000 : LIMIT,
    places: Number(places ?? 1),
    alone: places !== undefined || /^\/\/ alone: /m.test(head),
    takes: Number(/^\/\/ takes: (\d+) s$/m.exec(head)?.[1] ?? SHORT) * 1000,
  };
}

/** @param running every process group that must not outlive the run is in here while it lives */
export async function runFile(
  root: string,
  name: string,
  env: NodeJS.ProcessEnv,
  running: Set<number>,
  options: FileOptions = {},
): Promise<Outcome> {
  const { output, code, problem, ...took } = await runProgram(
    [...preload(NO_NETWORK, './hook-errors.ts'), path.join(root, name)],
    {
      ...{ cwd: root, env, running, ...options },
      limit: wishesOf(root, name).limit,
      parts: { count: 1, end: SUMMARIES },
    },
  );
  return { ...outcomeOf(name, output, code, problem), ...took };
}

/** What a file's output tells. */
export function outcomeOf(
  name: string,
  output: string,
  code: number | null,
  problem?: string,
): Omit<Outcome, 'ms'> {
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
    ...{ name, passed, reasons, output },
    failed: Math.max(total - passed, trouble ? 1 : 0),
    skipped: Math.max(uvuSkipped, reasons.length),
    problem: trouble,
  };
}

function noSummary(code: number | null): string {
  return code === 0
    ? 'it ended before its tests did, or never called test.run()'
    : `it ended with exit code ${code} before its tests did`;
}
