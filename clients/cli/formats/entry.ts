// What every reader of a foreign log yields: entries as they would stand in a room's log, before they have a place in it.
import { hash } from 'node:crypto';
import type { EventOf, EventType } from '../../../shared/protocol/events.ts';
import type { PlatformRole, RoomKind } from '../../../shared/protocol/models.ts';
import { limits, messageText, userId } from '../../../shared/protocol/primitives.ts';

/** A log entry without a sequence number; `at` is ISO 8601 in UTC. Entries come in the order of the log. */
export type Entry = { [T in EventType]: Omit<EventOf<T>, 'seq'> }[EventType];

export interface Person {
  name: string;
  role: PlatformRole;
}

/** What a reader learns besides the entries. */
export interface Findings {
  /** By user id. */
  people: Map<string, Person>;
  /** Reason -> how many lines were left out for it. */
  skipped: Map<string, number>;
  /** What the source says of the room itself. */
  room?: { title: string; kind: RoomKind; topic?: string | undefined; createdBy?: string };
}

/** A log that can be read as often as needed, from the start. */
export type Source = (findings: Findings) => AsyncIterable<Entry>;

export function newFindings(): Findings {
  return { people: new Map(), skipped: new Map() };
}

export function skip(findings: Findings, reason: string): void {
  findings.skipped.set(reason, (findings.skipped.get(reason) ?? 0) + 1);
}

/** Writes down who appears in the log; the first name one goes by stays. */
export function meet(findings: Findings, user: string, name = user, role: PlatformRole = 'member'): void {
  if (findings.people.has(user)) return;
  findings.people.set(user, { name: [...name].slice(0, limits.nameChars).join(''), role });
}

/** The same parts give the same UUID for ever, so that what is imported twice is there once. */
export function stableId(...parts: (string | number)[]): string {
  const hex = hash('sha256', JSON.stringify(parts), 'hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(18, 20),
    hex.slice(20, 32),
  ].join('-');
}

/** A name from a foreign log as a user id, or undefined when nothing usable is left of it. */
export function cleanUser(name: string): string | undefined {
  const parsed = userId.safeParse(
    name
      .toWellFormed()
      .replace(/\p{Cc}/gu, '')
      .trim(),
  );
  return parsed.success ? parsed.data : undefined;
}

/** A text from a foreign log without what no database keeps, or why it can't be a message. */
export function cleanText(text: string): { text: string } | { reason: string } {
  const kept = text.toWellFormed().replaceAll('\0', '');
  if (kept.trim() === '') return { reason: 'empty text' };
  return messageText.safeParse(kept).success
    ? { text: kept }
    : { reason: `text longer than ${limits.textBytes} bytes` };
}
