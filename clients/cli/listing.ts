// Long answers page by page: a table for people, a line of JSON for each thing with --json.
import { type Terminal, table } from './terminal.ts';

type Paged = { readonly cursor?: string | undefined };

/** Reads on as long as an answer says that there is more. */
export async function* pages<P extends Paged>(read: (more: { cursor?: string }) => Promise<P>) {
  for (let more: { cursor?: string } = {}; ; ) {
    const page = await read(more);
    yield page;
    if (page.cursor === undefined) return;
    more = { cursor: page.cursor };
  }
}

/** @param none what is said when there is nothing */
export async function showAll<P extends Paged, T extends object>(
  terminal: Terminal,
  read: (more: { cursor?: string }) => Promise<P>,
  itemsOf: (page: P) => readonly T[],
  { head, row, none }: { head: readonly string[]; row(item: T): string[]; none: string },
): Promise<void> {
  const rows: string[][] = [];
  for await (const page of pages(read)) {
    for (const item of itemsOf(page)) {
      if (terminal.json) await terminal.result(item, '');
      else rows.push(row(item));
    }
  }
  if (!terminal.json) await terminal.result({}, rows.length === 0 ? none : table([head, ...rows]));
}

/** `for good` where there is no end. */
export const untilWords = (until: string | undefined): string => (until ? shortTime(until) : 'for good');

export const mutedWords = (muted: { until?: string | undefined } | undefined): string =>
  muted ? untilWords(muted.until) : '-';

/** To the minute, or a dash. */
export const shortTime = (iso: string | undefined): string => iso?.slice(0, 16).replace('T', ' ') ?? '-';
