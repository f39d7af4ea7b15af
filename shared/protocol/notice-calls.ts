// Calls about being told of messages outside the hub: what one wishes, and what was told and why.
import { z } from 'zod';
import * as n from './notices.ts';
import * as p from './primitives.ts';

const optional = <S extends z.ZodRawShape>(shape: S) => z.preprocess(input => input ?? {}, z.object(shape));
const place = z.object({ at: p.timestamp, seq: p.seq, message: p.uuid });

export const noticeCalls = {
  'notify:get': { input: optional({}), data: n.noticeWishes },
  /** What is left out stays as it is. */
  'notify:set': {
    input: z.object({
      channels: z.partialRecord(n.noticeChannel, z.boolean()).optional(),
      keywords: z.array(n.keyword).max(50).optional(),
      quiet: n.quietHours.nullable().optional(),
    }),
    data: n.noticeWishes,
  },
  'notify:room': {
    input: z.object({
      room: p.roomId,
      /** Null: as where nothing was said. */
      level: n.noticeLevel.nullable(),
      until: p.timestamp.optional(),
    }),
    data: z.object({}),
  },
  /** Follows a thread, named by any message in it, or does not any more; without `on` only tells. */
  'notify:thread': {
    input: z.object({ room: p.roomId, thread: p.uuid, on: z.boolean().optional() }),
    data: z.object({ following: z.boolean() }),
  },
  /** One's own, the newest first. */
  'notify:list': {
    input: optional({
      /** The cursor of the page before. */
      before: place.optional(),
      limit: z.int().min(1).max(100).default(30),
    }),
    data: z.object({ notices: z.array(n.notice), cursor: place.optional() }),
  },
} as const;
