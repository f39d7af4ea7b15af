// Everything the hub says unasked: one table of pushes with their payloads.
import { z } from 'zod';
import { announcement, announcementProgress, goneReason } from './announcements.ts';
import { botPushes } from './bots.ts';
import { wireError } from './errors.ts';
import { logEvent } from './events.ts';
import { fileProgress } from './files.ts';
import * as m from './models.ts';
import * as p from './primitives.ts';
import { recordPushes } from './record-calls.ts';
import { citation, claim, summary } from './summaries.ts';

export const sessionEndCodes = ['kicked', 'expired', 'revoked', 'draining', 'replaced', 'too_slow'] as const;

export const pushes = {
  welcome: z.object({
    protocol: z.literal(1),
    node: z.string(),
    user: m.user,
    session: z.string(),
    serverTime: z.string(),
    limits: z.object({ textBytes: z.number(), fileBytes: z.number(), packetBytes: z.number() }),
    /** Those that run, and that this person has neither acknowledged nor dismissed. */
    announcements: z.array(announcement),
  }),
  /** Strictly consecutive `seq`, across frames too. */
  events: z.object({ room: p.roomId, epoch: z.string(), events: z.array(logEvent).min(1) }),
  /** Only effective changes, at most one frame a second per socket; of rooms with many people online, counts. */
  presence: z.union([
    z.object({ changes: z.array(m.presence) }),
    z.object({ room: p.roomId, counts: m.presenceCounts }),
  ]),
  typing: z.object({ room: p.roomId, user: p.userId, on: z.boolean() }),
  read: z.object({ room: p.roomId, user: p.userId, seq: p.seq }),
  /**
   * More of a summary, verified: `text` continues what came before, `claims` and `citations` say the same in parts. `at` claims came before it;
   * who has others calls `summary:get`. With `reset` all before it is void: another provider begins anew.
   */
  'summary:delta': z.object({
    id: p.uuid,
    room: p.roomId,
    text: z.string(),
    at: z.number(),
    claims: z.array(claim),
    citations: z.array(citation),
    reset: z.literal(true).optional(),
  }),
  'summary:done': summary,
  'summary:failed': z.object({ id: p.uuid, error: wireError }),
  /** May be lost; at most one a second and file, and none in rooms with many people online. */
  'file:progress': fileProgress,
  /** Once for each device, and again as a reminder. */
  announcement,
  /** It need not be shown any more. */
  'announcement:gone': z.object({ id: p.uuid, reason: goneReason }),
  /** To admins who asked for it by `announce:status`: at most once a second, when something changed. */
  'announcement:progress': announcementProgress,
  'room:removed': z.object({ room: p.roomId, reason: z.string() }),
  /** You were too slow: call `room:join` with your last `seq`. */
  resync: z.object({ room: p.roomId, head: p.seq }),
  'session:end': z.object({
    code: z.enum(sessionEndCodes),
    reconnect: z.boolean(),
    retryAfterMs: z.number().optional(),
    /** What an admin had to say to it. */
    reason: z.string().optional(),
  }),
  ...botPushes,
  ...recordPushes,
} as const;

export type PushName = keyof typeof pushes;
export const pushNames = Object.keys(pushes) as PushName[];
export type Push<N extends PushName> = z.output<(typeof pushes)[N]>;
