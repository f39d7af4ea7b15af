// What an announcement looks like on the wire: what is said, to whom, from when until when, and what follows when somebody does not acknowledge it.
import { z } from 'zod';
import { platformRole } from './models.ts';
import * as p from './primitives.ts';

export const announcementLevel = z.enum(['info', 'warning', 'critical']);
export type AnnouncementLevel = z.infer<typeof announcementLevel>;

/** Names it for ever: the same key again is the same announcement. */
export const announcementKey = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, 'holds control characters')
  .refine(p.storable, p.unstorable);

const AUDIENCE_USERS = 2000;
/** Without bots, unless they are named by `users` or `roles`. */
export const audience = z.union([
  z.strictObject({ all: z.literal(true) }),
  z.strictObject({ rooms: z.array(p.roomId).min(1).max(100) }),
  z.strictObject({ roles: z.array(platformRole).min(1) }),
  z.strictObject({ users: z.array(p.userId).min(1).max(AUDIENCE_USERS) }),
]);
export type Audience = z.infer<typeof audience>;

const DAY = 86_400;
const after = z
  .int()
  .min(1)
  .max(30 * DAY)
  .nullable()
  .optional();
/**
 * Seconds after somebody was first owed it at which, if they have not acknowledged it, they are shown it again, and told by e-mail, on their
 * devices and by SMS. Null: not at all. What is left out follows from `level` and `requireAck`, see shared/follow-up.ts.
 */
export const followUp = z.strictObject({ remind: after, email: after, push: after, sms: after });
export type FollowUp = z.infer<typeof followUp>;

/** As people are shown it. */
export const announcement = z.object({
  id: p.uuid,
  text: z.string(),
  level: announcementLevel,
  by: p.userId,
  /** Of who announces, for people who do not know them. */
  byName: z.string(),
  /** When it began. */
  at: z.string(),
  requireAck: z.boolean(),
  until: z.string().optional(),
  /** It is shown again, for the n-th time, to somebody who has not acknowledged it. */
  reminder: z.number().optional(),
});
export type Announcement = z.infer<typeof announcement>;

export const announcementState = z.enum(['scheduled', 'running', 'ended', 'cancelled']);

/** `delivered`: written to an open connection of theirs, or acknowledged. */
const counts = { audience: z.number(), delivered: z.number(), acked: z.number() };

export const announcementProgress = z.object({ id: p.uuid, state: announcementState, ...counts });
export type AnnouncementProgress = z.infer<typeof announcementProgress>;

/** As admins see it. */
export const announced = announcement.omit({ reminder: true }).extend({
  ...announcementProgress.shape,
  key: z.string(),
  to: audience,
  followUp: z.partialRecord(z.enum(['remind', 'email', 'push', 'sms']), z.number()),
});
export type Announced = z.infer<typeof announced>;

/** Somebody who has not acknowledged it, or, where that is not asked for, has not got it. */
export const pendingPerson = z.object({
  user: p.userId,
  name: z.string(),
  delivered: z.boolean(),
  /** How often they were shown it again. */
  reminders: z.number(),
  /** What else was sent to them, or waits to be. */
  told: z.array(z.enum(['email', 'push', 'sms'])),
});
export type PendingPerson = z.infer<typeof pendingPerson>;

/** Why it is not shown any more. */
export const goneReason = z.enum(['acknowledged', 'dismissed', 'ended', 'cancelled']);
