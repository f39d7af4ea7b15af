// One part of the evaluation: measures something on the meetings, as a table for people and as figures for programs.
import type { Meeting } from './meetings.ts';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  /** A name, and a figure for each column. */
  readonly rows: readonly (readonly [string, ...number[]])[];
}

export interface Result {
  readonly tables: readonly Table[];
  /** What `--json` prints under the part's name. */
  readonly figures: unknown;
}

export interface Part {
  readonly name: string;
  run(meetings: readonly Meeting[]): Promise<Result>;
}

export function show({ title, columns, rows }: Table): string {
  const first = Math.max(...rows.map(([name]) => name.length), 0);
  const line = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(first)}${cells.map((cell, i) => cell.padStart(Math.max(9, columns[i]!.length + 2))).join('')}`;
  return [
    title,
    line('', columns),
    ...rows.map(([name, ...figures]) =>
      line(
        name,
        figures.map(figure => (Number.isInteger(figure) ? String(figure) : figure.toFixed(1))),
      ),
    ),
  ].join('\n');
}
