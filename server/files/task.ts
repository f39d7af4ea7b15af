// What the hub asks of a process that looks into files, and what it says back. Bytes go over in pieces, so that the hub holds no file whole.
import type { FileWords, Look } from '../hub/ports-files.ts';

export type Task =
  /** The bytes are the file's beginning. `size`: bytes of the whole. */
  | { readonly do: 'look'; readonly size: number; readonly name: string }
  | { readonly do: 'preview'; readonly type: string; readonly edge: number }
  | { readonly do: 'text'; readonly type: string };

export type Outcome<T extends Task['do']> =
  | { look: Look; preview: Uint8Array; text: FileWords }[T]
  /** It can't be done with this file. */
  | undefined;

/** To the process: a task, its bytes in order, and the end of them. `drop` instead of `end`: there will be no more of them. */
export type Order =
  | { readonly task: Task }
  | { readonly bytes: Uint8Array }
  | { readonly end: true }
  | { readonly drop: true };

/** From the process: once when it is there, and once for each `end`. */
export interface Answer {
  readonly outcome: Outcome<Task['do']>;
}
