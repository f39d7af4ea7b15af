// What moderation and retention need from the database. A promise that resolves means committed; every method rejects with `Unreachable` when the
// database does not answer, and with HubError when it refuses.
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { LogEvent } from '#shared/protocol/events.ts';
import type { Actor, Outcome } from './ports.ts';

export interface RecordStore {
  /** `tell`: who may want to look; undefined when it was reported before. */
  sendReport(
    actor: Actor,
    report: ParsedInput<'report:send'>,
    mostAnHour: number,
  ): Promise<{ id: string; again?: true; tell?: string[] }>;
  reports(actor: Actor, of: ParsedInput<'report:list'>): Promise<CallData<'report:list'>>;
  /** One transaction with what is done: none of it happens when the log refuses a part. */
  settleReport(
    actor: Actor,
    wish: ParsedInput<'report:settle'>,
  ): Promise<{ room: string; results: Outcome[]; tell: string[] }>;

  /** Rooms from which things go; from now on the others keep what is said for so many days, or for ever. */
  retentionRooms(defaultDays: number | undefined): Promise<string[]>;
  /** Takes what is too old out of a stretch of a room's log that begins after this place. `next`: where to go on. */
  expireMessages(
    room: string,
    after: number,
    most: { window: number; limit: number },
  ): Promise<{ events: LogEvent[]; epoch?: string; next?: number }>;
  retention(of: ParsedInput<'retention:list'>): Promise<CallData<'retention:list'>>;
  hold(by: string, wish: ParsedInput<'retention:hold'>): Promise<void>;
  /** Into the audit log. */
  note(by: string, action: string, about: object): Promise<void>;
}
