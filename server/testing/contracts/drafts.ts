// Rooms, people and drafts for the store's contract, by their shortest names.
import * as assert from 'uvu/assert';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Actor, Draft, NewRoom, Outcome, RoomStore } from '../../hub/ports.ts';
import type { Db } from '../../store/db.ts';
import { createPeopleStore } from '../../store/queries/people.ts';

export const actor = (id: string, role: Actor['role'] = 'member'): Actor => ({ id, name: id, role });

export async function addPeople(db: Db, ...ids: string[]): Promise<void> {
  const people = createPeopleStore(db);
  for (const id of ids) await people.ensureUser(actor(id));
}

let rooms = 0;
/** Ada's room; gives its id. */
export async function addRoom(
  store: RoomStore,
  { members = [], ...room }: Partial<NewRoom['room']> & { members?: string[] } = {},
): Promise<string> {
  const id = `room-${++rooms}`;
  const whole = { id, title: id, kind: 'public', ...room } as const;
  return (await store.createRoom({ room: whole, by: 'ada', members, reuse: false })).id;
}

export function draft(room: string, by: string, type: Draft['type'], more: Partial<Draft> = {}): Draft {
  return { room, by, type, id: crypto.randomUUID(), admin: false, digest: 'digest', data: {}, ...more };
}

export const message = (room: string, by: string, text: string, more: Partial<Draft> = {}): Draft =>
  draft(room, by, 'message.created', { ...more, data: { text, ...more.data } });

/** The entry that the outcome made. */
export function made(outcome: Outcome | undefined): LogEvent {
  if (!outcome || !('event' in outcome)) assert.unreachable(`no new entry: ${JSON.stringify(outcome)}`);
  return (outcome as { event: LogEvent }).event;
}

/** The code of a refusal. */
export const refusedAs = (outcome: unknown): string | undefined =>
  (outcome as { error?: { code: string } } | undefined)?.error?.code;

/** Appends one and gives its entry. */
export async function append(store: RoomStore, one: Draft): Promise<LogEvent> {
  return made((await store.append([one]))[0]);
}
