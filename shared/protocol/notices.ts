// How somebody is told of messages outside the hub, and what was decided about each that concerns them.
import { z } from 'zod';
import { channel, outboxState } from './outbox.ts';
import * as p from './primitives.ts';

/** Why a message is somebody's, the strongest first. */
export const noticeReasons = ['mention', 'direct', 'thread', 'keyword', 'room'] as const;
export const noticeReason = z.enum(noticeReasons);
export type NoticeReason = z.infer<typeof noticeReason>;

export const noticeVerdict = z.enum(['waiting', 'notified', 'suppressed', 'cancelled']);
export type NoticeVerdict = z.infer<typeof noticeVerdict>;

/** What decided. In this order; hub/notice-rules.ts has the conditions. `waiting`: nothing yet. */
export const noticeRules = [
  'bot',
  'left',
  'deleted',
  'edited',
  'read',
  'old',
  'unreachable',
  'muted',
  'level',
  'dnd',
  'quiet',
  'active',
  'off',
  'away',
] as const;
export const noticeRule = z.enum([...noticeRules, 'waiting']);
export type NoticeRule = z.infer<typeof noticeRule>;

/** Of what in a room somebody is told. */
export const noticeLevel = z.enum(['all', 'mentions', 'nothing']);
export type NoticeLevel = z.infer<typeof noticeLevel>;

/** By which people are told of messages. */
export const noticeChannel = channel.exclude(['webhook']);
export type NoticeChannel = z.infer<typeof noticeChannel>;

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time of day such as 22:00');

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Hours of each day without a word; from the evening into the morning where `from` is later. */
export const quietHours = z
  .object({
    from: clock,
    to: clock,
    /** As in `Europe/Berlin`. */
    zone: z.string().min(1).max(64).refine(isZone, 'is not a time zone such as Europe/Berlin'),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'is when they begin, too' });
export type QuietHours = z.infer<typeof quietHours>;

export const keyword = z
  .string()
  .max(50)
  .regex(/^[^\p{Cc}]*$/u, 'holds control characters')
  .refine(p.storable, p.unstorable)
  .transform(text => text.trim())
  .refine(text => text.length > 0, 'is blank');

export const roomLevel = z.object({
  room: p.roomId,
  level: noticeLevel,
  /** Then it is again as where nothing was said. */
  until: z.string().optional(),
});

export const noticeWishes = z.object({
  /** `on`: they want it. `address`: there is somewhere to send it to. `offered`: this hub can. */
  channels: z.record(
    noticeChannel,
    z.object({ on: z.boolean(), address: z.boolean(), offered: z.boolean() }),
  ),
  keywords: z.array(z.string()),
  quiet: quietHours.nullable(),
  /** Where something was said; direct rooms tell `all` otherwise, others `mentions`. */
  rooms: z.array(roomLevel),
});
export type NoticeWishes = z.infer<typeof noticeWishes>;

export const notice = z.object({
  room: p.roomId,
  message: p.uuid,
  seq: p.seq,
  reason: noticeReason,
  verdict: noticeVerdict,
  rule: noticeRule,
  at: z.string(),
  settledAt: z.string().optional(),
  /** By what they were told, or are to be, and how far that has come. */
  ways: z.array(z.object({ channel, state: outboxState })),
  /** The rest only where they may still read it: of the room, who said it, and how it begins. */
  title: z.string().optional(),
  by: p.userId.optional(),
  name: z.string().optional(),
  text: z.string().optional(),
  root: p.uuid.optional(),
});
export type Notice = z.infer<typeof notice>;
