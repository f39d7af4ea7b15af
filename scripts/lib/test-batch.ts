// Runs several test files in one process and says of each what came of it. Loading what a file imports costs more than most files' tests do.
//
// The process must end by itself and leave nothing behind, as a file alone must. When it does not, nobody knows whose fault that is, and each
// file is run again in a process of its own.
import path from 'node:path';
import { type Ran, runProgram } from './run-program.ts';
import {
  type FileOptions,
  NO_NETWORK,
  type Outcome,
  outcomeOf,
  preload,
  runFile,
  SUMMARIES,
  wishesOf,
} from './test-file.ts';

/** What batch-process.ts writes after each file. */
const MARK = /\u001e(.+)\n/;
interface Mark {
  /** The exit code that it would have had. */
  readonly code: number;
  readonly ms: number;
  readonly cpuMs: number;
}

/**
 * @param names files that do not want to be alone
 * @param running every process group that must not outlive the run is in here while it lives
 */
export async function runBatch(
  root: string,
  names: readonly string[],
  env: NodeJS.ProcessEnv,
  running: Set<number>,
  options: FileOptions = {},
): Promise<Outcome[]> {
  const ran = await runProgram(
    [
      ...preload(NO_NETWORK),
      path.join(import.meta.dirname, 'batch-process.ts'),
      ...names.map(name => path.join(root, name)),
    ],
    {
      ...{ cwd: root, env, running, ...options },
      limit: Math.max(...names.map(name => wishesOf(root, name).limit)),
      parts: { count: names.length, end: SUMMARIES },
    },
  );
  const outcomes = outcomesOf(names, ran);
  const failed = outcomes.some(outcome => outcome.failed > 0);
  if (outcomes.length === names.length && !ran.problem && (ran.code === 0 || failed)) return outcomes;

  const again: Outcome[] = [];
  for (const name of names) again.push(await runFile(root, name, env, running, options));
  if (again.some(outcome => outcome.failed > 0)) return again;
  const problem = `${ran.problem ?? `it ended with exit code ${ran.code}`}; alone, each of its files is well`;
  return [...again, { ...outcomeOf(names.join(', '), ran.output, ran.code, problem), ms: ran.ms }];
}

/** Of the files that came to their end. */
function outcomesOf(names: readonly string[], { output, cpuMs }: Ran): Outcome[] {
  const pieces = output.split(MARK);
  const marks: Mark[] = pieces.flatMap((piece, at) => (at % 2 === 1 ? [JSON.parse(piece)] : []));
  const sum = marks.reduce((all, one) => all + one.cpuMs, 0);
  return marks.map((one, at) => {
    const name = names[at] as string;
    const outcome = outcomeOf(name, pieces[2 * at] as string, one.code);
    const others = names.slice(0, at);
    const before = others.length > 0 ? `\n(in one process, after ${others.join(', ')})` : '';
    return {
      ...outcome,
      ms: one.ms,
      output: outcome.failed > 0 ? `${outcome.output.trimEnd()}${before}` : outcome.output,
      // Each its share of what the process and its children did, loading included.
      cpuMs: cpuMs && Math.round((cpuMs * one.cpuMs) / sum),
    };
  });
}

/**
 * Neighbours together, since they import the same.
 * @param files in the order of their paths, with what each takes in ms
 * @param most what the files of one process may take together
 */
export function batchesOf<F extends { readonly takes: number }>(files: readonly F[], most: number): F[][] {
  const batches: F[][] = [];
  let left = 0;
  for (const file of files) {
    if (left < file.takes) {
      batches.push([]);
      left = most;
    }
    batches.at(-1)?.push(file);
    left -= file.takes;
  }
  return batches;
}
