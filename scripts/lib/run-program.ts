// Runs a program in a process group of its own, within a time, and leaves nothing of the group behind.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds for the whole, or for each of its parts. */
  readonly limit: number;
  /** What it does one after the other, known by what it writes at the end of each. */
  readonly parts?: { readonly count: number; readonly end: RegExp };
  /** Milliseconds to end after the last of its parts. */
  readonly grace?: number;
  /** The group is in here while it lives: it must not outlive the run. */
  readonly running: Set<number>;
  /** Whether to measure how long the processors worked. */
  readonly times?: boolean;
  /** Instead of this Node. */
  readonly program?: string;
}

export interface Ran {
  /** Of stdout and stderr. */
  readonly output: string;
  /** Null: a signal ended it. */
  readonly code: number | null;
  /** Why it had to be ended, or what it left. */
  readonly problem: string | undefined;
  readonly ms: number;
  /** Milliseconds of all cores that it and the processes it waited for worked; only where it was asked for. */
  readonly cpuMs: number | undefined;
}

const GRACE = 30_000;
/** Runs what follows, and tells on a stream of its own how long that and its children worked: Node does not know it of a child. */
const TIMED = ['-c', '"$@"; code=$?; times >&3; exit $code', 'sh'];
/** The second line of `times`: user and system, as in `1m2.5s 0m0.25s`. */
const TIMES = /\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s/;

export async function runProgram(
  args: string[],
  { cwd, env, limit, parts, grace = GRACE, running, times = false, program = process.execPath }: RunOptions,
): Promise<Ran> {
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
  const late = `it took longer than ${limit / 1000} s`;
  const open = `it did not end within ${grace / 1000} s after its last test: a timer, socket or process is still open`;
  let timer = setTimeout(giveUp, limit, late);

  function giveUp(reason: string): void {
    problem = reason;
    if (group !== undefined) endGroup(group);
  }
  (child.stdio[3] as Readable | null)?.setEncoding('utf8').on('data', (text: string) => {
    worked += text;
  });
  const done = () => (parts ? [...output.matchAll(parts.end)].length : 0);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const before = done();
      output += text;
      if (done() === before) return;
      clearTimeout(timer);
      const more = done() < (parts?.count ?? 0);
      timer = more ? setTimeout(giveUp, limit, late) : setTimeout(giveUp, grace, open);
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
