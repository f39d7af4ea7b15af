// What `court top` shows: lines for a screen of this size. Pure: figures in, lines out.
import { printableLine, type Terminal, table } from '../terminal.ts';
import { busiest, isSilent, nodeRows, outboxWords, type Stats, type Sums, sums } from './nodes.ts';
import { amount, sparkline } from './numbers.ts';

export interface Sight {
  /** The last ones that came; undefined before the first. */
  readonly stats: Stats | undefined;
  /** Of the last minutes, a value a second, the oldest first. */
  readonly history: readonly Sums[];
  readonly at: Date;
  /** Why there is nothing newer. */
  readonly trouble: string | undefined;
}

const HELP = 'q quits';
/** A column for the busiest. */
const HALF = 38;

export function topLines(
  { stats, history, at, trouble }: Sight,
  { columns, rows }: { columns: number; rows: number },
  style: Terminal['style'],
): string[] {
  const cut = (line: string) => [...line].slice(0, columns).join('');
  const time = at.toISOString().slice(11, 19);
  const title = stats
    ? `First Court: ${nodes(stats)}, ${amount(sums(stats).sockets)} sockets, outbox ${outboxWords(stats)}`
    : 'First Court';
  const head = cut(`${title}  ${time} UTC`);
  const lines = [style('bold', head), trouble ? style('yellow', cut(printableLine(trouble))) : ''];
  if (!stats) return lines;
  const last = history.at(-1);
  if (last) {
    const width = Math.max(8, Math.min(60, columns - 30));
    for (const [words, what] of [
      ['messages/s', 'messages'],
      ['deliveries/s', 'deliveries'],
      ['calls/s', 'calls'],
    ] as const) {
      const line = sparkline(
        history.map(sum => sum[what]),
        width,
      );
      lines.push(cut(`${words.padEnd(13)} ${line} ${amount(last[what])}`));
    }
    lines.push('');
  }
  const [titles = '', ...rest] = table(nodeRows(stats)).split('\n');
  lines.push(style('bold', cut(titles)));
  rest.forEach((line, i) => {
    const node = stats.nodes[i];
    const bad = node && (isSilent(node) || node.pressure.level > 0 || node.database.state === 'away');
    lines.push(bad ? style('yellow', cut(line)) : cut(line));
  });
  const space = rows - lines.length - 3;
  if (space > 1) {
    lines.push('', style('bold', cut(`${'BUSIEST ROOMS, LAST MINUTE'.padEnd(HALF)} BUSIEST PEOPLE`)));
    lines.push(...beside(stats, space - 1).map(cut));
  }
  return [...lines.slice(0, rows - 1), cut(HELP)];
}

const nodes = ({ nodes: { length } }: Stats) => (length === 1 ? '1 node' : `${length} nodes`);

function beside(stats: Stats, most: number): string[] {
  const [rooms, people] = [busiest(stats, 'rooms'), busiest(stats, 'people')];
  const cell = (one: { id: string; messages: number } | undefined) =>
    one ? `${amount(one.messages).padStart(7)}  ${printableLine(one.id)}` : '';
  return Array.from({ length: Math.min(most, Math.max(rooms.length, people.length)) }, (_, i) => {
    const left = [...cell(rooms[i])].slice(0, HALF).join('');
    return `${left.padEnd(HALF)} ${cell(people[i])}`.trimEnd();
  });
}
