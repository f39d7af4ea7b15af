// From calendars to claims, pure: which times count, and what they mean now.
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js';
import type { Claim } from '../../hub/ports-integrations.ts';

/** Somebody is in a meeting, in ms since 1970; the end is not part of it. */
export interface Block {
  readonly from: number;
  readonly to: number;
}

/** Two meetings with less than this between them are one stretch, in ms. */
const GAP = 60_000;

export function blocksOf(busy: readonly calendar_v3.Schema$TimePeriod[]): Block[] {
  return merge(busy.flatMap(({ start, end }) => block(start, end)));
}

/** Undefined when the event does not count: called off, declined, for whole days, or shown as free. */
export function blockOf(event: calendar_v3.Schema$Event): Block | undefined {
  const { status, transparency, start, end, attendees, eventType } = event;
  if (status === 'cancelled' || transparency === 'transparent') return undefined;
  if (eventType === 'workingLocation' || eventType === 'birthday') return undefined;
  if (attendees?.some(one => one.self && one.responseStatus === 'declined')) return undefined;
  return block(start?.dateTime, end?.dateTime)[0];
}

function block(start: string | null | undefined, end: string | null | undefined): Block[] {
  const from = Date.parse(start ?? '');
  const to = Date.parse(end ?? '');
  return from < to ? [{ from, to }] : [];
}

/** In order, and no two of them touch. */
export function merge(blocks: readonly Block[]): Block[] {
  const merged: Block[] = [];
  for (const next of blocks.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && next.from < last.to + GAP)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
    else merged.push(next);
  }
  return merged;
}

/** The hub knows nobody's time zone, so that the end is in `until`, for clients to tell in their own words. */
export function claimAt(blocks: readonly Block[], now: number): Claim | null {
  const current = blocks.find(({ from, to }) => from <= now && now < to);
  return current ? { status: 'busy', text: 'In a meeting', until: current.to } : null;
}

/** When that changes next; undefined: not by itself. */
export function nextChange(blocks: readonly Block[], now: number): number | undefined {
  return blocks.flatMap(({ from, to }) => [from, to]).find(time => time > now);
}
