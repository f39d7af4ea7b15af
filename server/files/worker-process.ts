// A process of its own for what looks into files. A native decoder can crash, loop or swell: in a process apart that ends the process, and
// gives its memory back, where in a thread it would end the hub.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { HEAP_MB } from './limits.ts';
import type { Answer, Order } from './task.ts';

export interface WorkerProcess {
  /** False when it has ended. Resolves when the process has taken it, so that no more waits than one piece. */
  send(order: Order): Promise<boolean>;
  /** What it says next; undefined when it ended, and at `ms`, when it is ended. */
  answer(ms: number): Promise<Answer | undefined>;
  /** Resolves when it is gone. */
  end(): Promise<void>;
}

const ROOT = path.join(import.meta.dirname, '../..');

/** @param onEnd it has ended, by itself or not */
export function startProcess(onEnd: () => void): WorkerProcess {
  const child = fork(path.join(import.meta.dirname, 'worker.ts'), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // Nothing of the hub's settings is there to be found, and only the program's own files can be read, none written, nothing started.
    env: {},
    execArgv: [
      `--max-old-space-size=${HEAP_MB}`,
      '--permission',
      '--allow-addons',
      '--allow-worker',
      `--allow-fs-read=${ROOT}`,
      `--allow-fs-read=${realpathSync(path.join(ROOT, 'node_modules'))}`,
    ],
  });
  if (child.pid !== undefined) lower(child.pid);
  const ended = new Promise<undefined>(resolve => {
    const gone = () => {
      onEnd();
      resolve(undefined);
    };
    child.once('exit', gone);
    // It could not be started. Later faults of the channel are followed by its end.
    child.on('error', () => {
      if (child.pid === undefined) gone();
    });
  });

  return {
    send: order =>
      Promise.race([
        new Promise<boolean>(resolve => {
          child.send(order, fault => resolve(!fault));
        }),
        ended.then(() => false),
      ]),

    async answer(ms) {
      const given = new AbortController();
      const overrun = setTimeout(() => child.kill('SIGKILL'), ms);
      try {
        const said = once(child, 'message', { signal: given.signal }).then(([answer]) => answer as Answer);
        return await Promise.race([said.catch(() => undefined), ended]);
      } finally {
        clearTimeout(overrun);
        given.abort();
      }
    },

    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Nobody waits for a picture or the words of a file as they do for what is said. */
function lower(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, which is told by itself.
  }
}
