// Tasks for one process, one after the other, so that the memory for one file is all that there is at once. The process starts when there
// is work and ends when there has been none for a while.
import type { Readable } from 'node:stream';
import { type HubError, overloaded, unavailable } from '../hub/errors.ts';
import type { Outcome, Task } from './task.ts';
import { startProcess, type WorkerProcess } from './worker-process.ts';

/** How long what may take, in ms. */
export interface LaneTempo {
  /** One task, once its bytes are there; what takes longer is ended. */
  readonly taskMs: number;
  /** From one piece of a file to the next, from wherever it comes. */
  readonly pieceMs: number;
  /** Until a process without work ends. */
  readonly idleMs: number;
}

/** What is read of a file. `cut`: the beginning will do when there is more; else such a file has no outcome. */
export interface Portion {
  readonly bytes: number;
  readonly cut: boolean;
}

export interface Lane extends AsyncDisposable {
  /**
   * Undefined: it can't be done with this file. The stream is used up or destroyed.
   * @throws HubError `unavailable` when too much waits, the lane closes, or the bytes do not come; the stream's own error
   */
  run<T extends Task>(task: T, file: Readable, portion: Portion): Promise<Outcome<T['do']>>;
}

/** Tasks that wait, each with a file that is open. */
const MAX_WAITING = 100;
/** For a process to be there, on a machine that is busy. */
const START_MS = 60_000;
const closed = () => unavailable('This node is closing; try again.');

export function createLane(tempo: LaneTempo): Lane {
  let worker: WorkerProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let reading: Readable | undefined;
  let tail: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let closing = false;

  async function carryOut(task: Task, file: Readable, portion: Portion): Promise<Outcome<Task['do']>> {
    if (closing) throw closed();
    clearTimeout(idle);
    reading = file;
    try {
      const current = worker ?? (await start());
      const fed = await feed(current, task, file, portion, tempo.pieceMs);
      const answer = fed ? await current.answer(tempo.taskMs) : undefined;
      if (closing) throw closed();
      return answer?.outcome;
    } finally {
      reading = undefined;
      file.destroy();
      idle = setTimeout(() => worker?.end(), tempo.idleMs).unref();
    }
  }

  async function start(): Promise<WorkerProcess> {
    const started = startProcess(() => {
      worker = undefined;
    });
    worker = started;
    if (!(await started.answer(START_MS)))
      throw unavailable('What looks into files does not start; try again.');
    return started;
  }

  return {
    async run<T extends Task>(task: T, file: Readable, portion: Portion) {
      // It may fail while it waits; whoever reads it hears of it then.
      file.on('error', () => {});
      const refusal: HubError | undefined = closing
        ? closed()
        : waiting >= MAX_WAITING
          ? overloaded()
          : undefined;
      if (refusal) {
        file.destroy();
        throw refusal;
      }
      waiting++;
      const turn = tail.then(() => carryOut(task, file, portion)).finally(() => waiting--);
      tail = turn.catch(() => {});
      return (await turn) as Outcome<T['do']>;
    },

    async [Symbol.asyncDispose]() {
      closing = true;
      clearTimeout(idle);
      reading?.destroy(closed());
      await worker?.end();
      await tail;
      clearTimeout(idle);
      await worker?.end();
    },
  };
}

/** False: the process has ended, or the file is larger than what is read of such ones. */
async function feed(
  worker: WorkerProcess,
  task: Task,
  file: Readable,
  { bytes, cut }: Portion,
  pieceMs: number,
): Promise<boolean> {
  const patience = setTimeout(
    () => file.destroy(unavailable('The storage is too slow with this file; try again.')),
    pieceMs,
  );
  let left = bytes;
  let fits = true;
  try {
    if (!(await worker.send({ task }))) return false;
    for await (const piece of file as AsyncIterable<Buffer>) {
      patience.refresh();
      fits = piece.length <= left || cut;
      if (!fits || !(await worker.send({ bytes: piece.subarray(0, left) }))) break;
      left -= piece.length;
      if (left <= 0 && cut) break;
    }
  } catch (error) {
    await worker.send({ drop: true });
    throw error;
  } finally {
    clearTimeout(patience);
  }
  return worker.send(fits ? { end: true } : { drop: true }).then(sent => sent && fits);
}
