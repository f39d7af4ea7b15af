// Messages that members report, and how long rooms keep what was said, as they stand on the wire.
import { z } from 'zod';
import { roomKind } from './models.ts';
import * as p from './primitives.ts';

export const reportReasons = ['spam', 'abuse', 'illegal', 'private', 'other'] as const;
export const reportReason = z.enum(reportReasons);
export type ReportReason = z.infer<typeof reportReason>;

export const reportActions = ['dismiss', 'delete', 'mute', 'ban'] as const;
export const reportAction = z.enum(reportActions);
export type ReportAction = z.infer<typeof reportAction>;

/** One message with all who reported it, for those who moderate its room. */
export const report = z.object({
  id: p.uuid,
  room: p.roomId,
  message: p.uuid,
  seq: p.seq,
  /** Who wrote the message. */
  author: p.userId,
  authorName: z.string(),
  at: z.string(),
  state: z.enum(['open', 'dismissed', 'deleted', 'muted', 'banned']),
  /** The message as it was reported; gone once this is settled, or when the room no longer keeps the message. */
  text: z.string().optional(),
  /** The message was deleted since. */
  deleted: z.literal(true).optional(),
  voices: z.array(
    z.object({
      user: p.userId,
      name: z.string(),
      reason: reportReason,
      note: z.string().optional(),
      at: z.string(),
    }),
  ),
  settledBy: p.userId.optional(),
  settledAt: z.string().optional(),
  /** Of whoever settled it. */
  note: z.string().optional(),
});
export type Report = z.infer<typeof report>;

/** What a room keeps, for admins. */
export const roomRetention = z.object({
  room: p.roomId,
  kind: roomKind,
  /** For how many days it keeps what is said; undefined: for ever, or as long as the hold lasts. */
  days: z.number().optional(),
  /** It says so itself; else as the hub's settings have it. */
  own: z.boolean(),
  /** Nothing goes, whatever its days are. */
  hold: z.object({ by: p.userId, at: z.string(), reason: z.string().optional() }).optional(),
  /** What is due to go. */
  messages: z.number(),
  files: z.number(),
});
export type RoomRetention = z.infer<typeof roomRetention>;
