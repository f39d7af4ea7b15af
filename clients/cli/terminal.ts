// What a command may say and where: results on stdout (JSON lines with --json, else text for people), everything else on stderr.
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { SingleBar } from 'cli-progress';

export interface Terminal {
  /** Results are JSON, and stdout holds nothing else. */
  json: boolean;
  readonly stdout: Writable;
  /** Aborted by Ctrl-C, or when nobody reads stdout any more. */
  readonly signal: AbortSignal;
  /** One result. Waits while the reader is slow. */
  result(value: object, text: string | (() => string)): Promise<void>;
  /** A remark that is no result. */
  note(line: string): void;
  /** A bar while something long goes on; shown only to people. @param words for amounts that are no plain numbers */
  progress(label: string, total: number, words?: (amount: number) => string): Progress;
  style(format: Parameters<typeof styleText>[0], text: string): string;
}

export interface Progress extends Disposable {
  set(done: number): void;
}

type Stream = Writable & { isTTY?: boolean };

export function createTerminal(stdout: Stream, stderr: Stream, signal: AbortSignal): Terminal {
  return {
    json: false,
    stdout,
    signal,
    async result(value, text) {
      const line = this.json ? JSON.stringify(value) : typeof text === 'string' ? text : text();
      if (line !== '' && !stdout.write(`${line}\n`)) await once(stdout, 'drain', { signal });
    },
    note: line => void stderr.write(`${line}\n`),
    progress(label, total, words = String) {
      if (!stderr.isTTY || total <= 0) return { set() {}, [Symbol.dispose]() {} };
      const bar = new SingleBar({
        format: `${label} {bar} {percentage}% {value}/{total} {eta_formatted}`,
        stream: stderr,
        formatValue: (value, _, type) =>
          type === 'value' || type === 'total' ? words(value) : String(value),
        clearOnComplete: true,
        barCompleteChar: '█',
        barIncompleteChar: '░',
      });
      bar.start(total, 0);
      return { set: done => bar.update(done), [Symbol.dispose]: () => bar.stop() };
    },
    style: (format, text) => styleText(format, text, { stream: stdout }),
  };
}

/** Foreign text as it may be shown: nothing in it can move the cursor, ring, recolour or reverse the line. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\n\t]+/g, ' ');
}

/** Columns as wide as their widest cell; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const width = (cell: string) => [...cell].length;
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => width(row[column] ?? '')))) ?? [];
  return rows
    .map(row => row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell))).join('  '))
    .map(line => line.trimEnd())
    .join('\n');
}
