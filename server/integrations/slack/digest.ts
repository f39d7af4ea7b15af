// What happened in a room since a moment, plainly counted from its log: who said how much, and where the talk was.
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Court } from '../../hub/ports-integrations.ts';

export interface Digest {
  readonly messages: number;
  /** Those who said most come first. */
  readonly speakers: readonly { readonly name: string; readonly messages: number }[];
  /** Those with most answers come first. */
  readonly threads: readonly { readonly root: string; readonly answers: number; readonly title: string }[];
  /** There was more than could be counted. */
  readonly partial: boolean;
}

const PAGE = 500;
const MOST_PAGES = 20;
const TITLE = 60;
const SHOWN = 5;

/** @param since milliseconds since 1970 */
export async function digest(court: Court, room: string, since: number): Promise<Digest> {
  const counts = new Map<string, number>();
  const answers = new Map<string, number>();
  const texts = new Map<string, string>();
  const names: Record<string, string> = {};
  const deleted = new Set<string>();
  const events: LogEvent[] = [];
  let after = await before(court, room, since);
  let head = after;
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = await court.read(room, after, PAGE);
    events.push(...read.events);
    Object.assign(names, read.names);
    head = read.head;
    after = read.events.at(-1)?.seq ?? head;
    if (after >= head) break;
  }
  for (const event of events) if (event.type === 'message.deleted') deleted.add(event.data.target);
  for (const { type, id, by, data } of events) {
    if (type !== 'message.created' || deleted.has(id)) continue;
    counts.set(by, (counts.get(by) ?? 0) + 1);
    texts.set(id, data.text);
    if (data.root) answers.set(data.root, (answers.get(data.root) ?? 0) + 1);
  }
  return {
    messages: [...counts.values()].reduce((sum, count) => sum + count, 0),
    speakers: most(counts).map(([user, messages]) => ({ name: names[user] ?? user, messages })),
    threads: most(answers)
      .slice(0, SHOWN)
      .map(([root, count]) => ({ root, answers: count, title: short(texts.get(root)) })),
    partial: after < head,
  };
}

/** The last entry before the moment, found by halves: a log is in the order of time. */
async function before(court: Court, room: string, since: number): Promise<number> {
  let low = 0;
  let { head: high } = await court.read(room, 0, 1);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { events } = await court.read(room, middle, 1);
    const at = events[0] ? Date.parse(events[0].at) : Number.POSITIVE_INFINITY;
    if (at < since) low = middle + 1;
    else high = middle;
  }
  return low;
}

const most = (counts: ReadonlyMap<string, number>) => [...counts].sort(([, a], [, b]) => b - a);

function short(text: string | undefined): string {
  const line = text?.split('\n', 1)[0]?.trim() ?? '';
  return line.length > TITLE ? `${line.slice(0, TITLE).trimEnd()}…` : line || 'an older message';
}
