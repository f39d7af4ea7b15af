// A bar for work whose size is known only once it has begun.
import type { Progress, Terminal } from './terminal.ts';

export interface RowProgress extends Disposable {
  rows(done: number, total: number): void;
}

/** Stops the work, too, when the command is interrupted. */
export function openRowProgress(terminal: Pick<Terminal, 'progress' | 'signal'>, label: string): RowProgress {
  let bar: Progress | undefined;
  return {
    rows(done, total) {
      terminal.signal.throwIfAborted();
      bar ??= terminal.progress(label, total);
      bar.set(done);
    },
    [Symbol.dispose]: () => bar?.[Symbol.dispose](),
  };
}
