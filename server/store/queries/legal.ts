// Logs as they are handed out for the law and taken in again, through the SQL functions of migration 0023; for the operator, without a check of rights.

import { type Stretch, verifyChain } from '#shared/audit-chain.ts';
import type { AuditEntry } from '#shared/protocol/admin.ts';
import type { File } from '#shared/protocol/files.ts';
import type { Room, RoomRole, User } from '#shared/protocol/models.ts';
import type { Db } from '../db.ts';
import { refusingCall } from './call.ts';

/** What of the hub: all of it, or what these say together. */
export interface Part {
  readonly rooms?: readonly string[] | undefined;
  readonly users?: readonly string[] | undefined;
  /** ISO 8601; at or after, and before. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** An entry of a log, as it stands in it. */
export interface Entry {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly by: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Membership {
  readonly user: string;
  readonly role: RoomRole;
  readonly sinceSeq: number;
  readonly readSeq: number;
  /** ISO 8601, or `infinity`. */
  readonly mutedUntil?: string | undefined;
}

export interface Ban {
  readonly user: string;
  readonly until?: string | undefined;
  readonly reason?: string | undefined;
  /** When, and by whom; of bans of old it is not known. */
  readonly at?: string | undefined;
  readonly by?: string | undefined;
}

export type Person = User & { readonly email?: string | undefined };
export type RoomHead = Omit<Room, 'epoch' | 'head'>;

/** Every method rejects with HubError what the database refuses. */
export function createLegalStore(db: Pick<Db, 'call'>) {
  const call = refusingCall(db);
  return {
    /** Writes into the audit log that it begins, and which rooms it takes. @throws HubError `forbidden` when `by` is no admin */
    begin: (by: string, part: Part, files: boolean) =>
      call<{ at: string; rooms: Room[] }>('legal_begin', { by, ...part, files }),
    /** `last`: where to go on; null: that was all. */
    events: (room: string, after: number, head: number, limit: number, part: Part) =>
      call<{ events: Entry[]; last: number | null }>('legal_events', {
        room,
        after,
        head,
        limit,
        users: part.users,
        from: part.from,
        until: part.until,
      }),
    members: (room: string, users: readonly string[] | undefined) =>
      call<{ members: Membership[]; bans: Ban[] }>('legal_members', { room, users }),
    people: async (ids: readonly string[]) =>
      (await call<{ people: Person[] }>('legal_people', { ids })).people,
    /** Those whose bytes are in the storage. */
    files: async (ids: readonly string[]) =>
      (await call<{ files: { id: string; inline: boolean; text: boolean }[] }>('legal_files', { ids })).files,
    audit: (after: number, limit: number, { rooms, users }: Part) =>
      call<{ lines: AuditEntry[]; last: number | null }>('legal_audit', { after, limit, rooms, users }),
    /** Whether the audit log was left alone. */
    intact: async () =>
      (await verifyChain((after, limit) => call<Stretch>('verify_audit', { after, limit }))).intact,
    note: async (by: string, action: string, about: object) =>
      void (await call('note_record', { by, action, about })),

    /** Rooms that are there already, and not from taking in the same log. */
    taken: async (rooms: readonly { id: string; sha256: string }[]) =>
      (await call<{ taken: string[] }>('legal_check', { rooms })).taken,
    /** `after`: go on behind this entry; `done`: nothing is left to do. */
    room: (room: RoomHead, sha256: string) =>
      call<{ after?: number; done?: true }>('legal_room', { room, sha256 }),
    entries: (room: string, events: readonly Entry[]) =>
      call<{ head: number }>('legal_entries', { room, events }),
    close: async (room: RoomHead, members: readonly Membership[], bans: readonly Ban[]) =>
      void (await call('legal_close', { room, members, bans })),
    person: async (person: Person) => (await call<{ fresh: boolean }>('known_person', person)).fresh,
    file: async (file: {
      room: string;
      file: File;
      by: string;
      message: string;
      place: number;
      at: string;
      inline: boolean;
      text: boolean;
    }) => (await call<{ fresh: boolean }>('legal_file', file)).fresh,
  };
}

export type LegalStore = ReturnType<typeof createLegalStore>;
