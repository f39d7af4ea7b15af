// Calls about what is reported to moderators, and about how long rooms keep what was said.
import { z } from 'zod';
import * as p from './primitives.ts';
import * as r from './reports.ts';

const empty = z.object({});
const optional = <S extends z.ZodRawShape>(shape: S) => z.preprocess(input => input ?? {}, z.object(shape));
const note = p.topic.refine(text => !p.isBlank(text), 'is blank');

export const recordCalls = {
  /** A member reports a message; again is nothing. */
  'report:send': {
    input: z.object({
      room: p.roomId,
      target: p.uuid,
      id: p.uuid,
      reason: r.reportReason,
      note: note.optional(),
      /** Hands the message to the administrators, too, where they are not in the room; needed in a direct one. */
      attach: z.boolean().default(false),
    }),
    data: z.object({ id: p.uuid, again: z.literal(true).optional() }),
  },
  /** Owners and moderators of their rooms, admins of public ones and of what was handed to them; the newest first. */
  'report:list': {
    input: optional({
      room: p.roomId.optional(),
      state: z.enum(['open', 'settled']).optional(),
      /** Of the answer before. */
      cursor: p.uuid.optional(),
      limit: z.int().min(1).max(50).default(20),
    }),
    data: z.object({
      reports: z.array(r.report),
      /** How many of all that the caller sees are open. */
      open: z.number(),
      cursor: p.uuid.optional(),
    }),
  },
  /** Together with what is done about it, or not at all. The same again by the same person is nothing. */
  'report:settle': {
    input: z
      .object({
        id: p.uuid,
        action: r.reportAction,
        /** Beside a mute or a ban, the message goes as well. */
        delete: z.boolean().default(false),
        /** When the mute or the ban ends; left out: when it is lifted. */
        until: p.timestamp.optional(),
        note: note.optional(),
      })
      .refine(({ action, until }) => until === undefined || action === 'mute' || action === 'ban', {
        path: ['until'],
        error: 'goes with mute and ban alone',
      })
      .refine(({ action, delete: gone }) => !gone || action !== 'dismiss', {
        path: ['delete'],
        error: 'does not go with dismiss',
      }),
    data: empty,
  },
  /** Admins alone: rooms that do not keep everything or are held, each with what is due to go. */
  'retention:list': {
    input: optional({
      room: p.roomId.optional(),
      cursor: p.roomId.optional(),
      limit: z.int().min(1).max(50).default(20),
    }),
    data: z.object({
      /** Days of rooms that say nothing of it themselves. */
      default: z.number().optional(),
      rooms: z.array(r.roomRetention),
      cursor: p.roomId.optional(),
    }),
  },
  /** Admins alone: from now on nothing of the room goes by its age; or it does again. */
  'retention:hold': {
    input: z.object({ room: p.roomId, on: z.boolean(), reason: note.optional() }),
    data: empty,
  },
  /** Admins alone: takes what is due now, a stretch of the room's log at a time; `next` is the `after` to go on with. */
  'retention:run': {
    input: z.object({ room: p.roomId, after: p.seq.default(0) }),
    data: z.object({ messages: z.number(), next: p.seq.optional() }),
  },
} as const;

/** To those who may see it: what is reported in this room has changed. */
export const recordPushes = {
  'reports:changed': z.object({ room: p.roomId }),
} as const;
