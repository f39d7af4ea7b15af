// The entries of a room's log: one table of types, each with the shape of its data.
import { z } from 'zod';
import { file } from './files.ts';
import { roomKind, roomRole } from './models.ts';
import * as p from './primitives.ts';
import { postedSummary } from './summaries.ts';

const target = z.object({ target: p.uuid });
const person = z.object({ user: p.userId });

export const eventData = {
  'room.created': z.object({ title: z.string(), kind: roomKind, topic: z.string().optional() }),
  'room.updated': z.object({
    title: z.string().optional(),
    topic: z.string().optional(),
    ai: z.boolean().optional(),
    retentionDays: z.number().nullable().optional(),
    archived: z.boolean().optional(),
  }),
  'member.joined': person.extend({ name: z.string(), role: roomRole }),
  'member.left': person,
  'member.removed': person.extend({
    ban: z.object({ until: z.string().optional(), reason: z.string().optional() }).optional(),
  }),
  'member.role': person.extend({ role: roomRole }),
  /** `until: null` lifts the mute; without `until` it holds until lifted. */
  'member.muted': person.extend({ until: z.string().nullable().optional() }),
  'message.created': z.object({
    text: z.string(),
    replyTo: p.uuid.optional(),
    root: p.uuid.optional(),
    files: z.array(file).optional(),
    mentions: z.array(p.userId).optional(),
    meta: z.record(z.string(), z.unknown()).optional(),
    /** Set when the message was deleted after this entry was written; its text is gone. */
    redacted: z.literal(true).optional(),
  }),
  'message.edited': target.extend({
    text: z.string(),
    mentions: z.array(p.userId).optional(),
    redacted: z.literal(true).optional(),
  }),
  /** `expired`: its room no longer keeps messages of its age. */
  'message.deleted': target.extend({ expired: z.literal(true).optional() }),
  'message.pinned': target.extend({ on: z.boolean() }),
  'reaction.added': target.extend({ emoji: z.string() }),
  'reaction.removed': target.extend({ emoji: z.string() }),
  /** A message that holds a summary; `redacted` when it was deleted. Claims go when a message that they cite is deleted. */
  'summary.posted': z.union([
    postedSummary.extend({ text: z.string() }),
    z.object({ text: z.string(), redacted: z.literal(true) }),
  ]),
  /** Comes right after the message that names it, with the file's own id; `redacted` when that message was deleted. */
  'file.shared': z.union([
    z.object({ message: p.uuid, file }),
    z.object({ message: p.uuid, redacted: z.literal(true) }),
  ]),
} as const;

export type EventType = keyof typeof eventData;
export const eventTypes = Object.keys(eventData) as EventType[];

/** What stands in the log at `seq`; `id` is that of the call that made it, `by` the user, `at` UTC with milliseconds. */
export type LogEvent = {
  [T in EventType]: {
    seq: number;
    id: string;
    type: T;
    at: string;
    by: string;
    data: z.infer<(typeof eventData)[T]>;
  };
}[EventType];

export type EventOf<T extends EventType> = Extract<LogEvent, { type: T }>;

const entry = <T extends EventType>(type: T) =>
  z.object({
    seq: p.seq,
    id: p.uuid,
    type: z.literal(type),
    at: z.string(),
    by: p.userId,
    data: eventData[type],
  });

/** Parses an entry from outside: an import, or a hub one does not trust. */
export const logEvent = z.discriminatedUnion(
  'type',
  eventTypes.map(entry) as unknown as [ReturnType<typeof entry>],
) as unknown as z.ZodType<LogEvent>;
