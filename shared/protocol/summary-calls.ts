// Calls about summaries.
import { z } from 'zod';
import * as p from './primitives.ts';
import * as s from './summaries.ts';

const inRoom = z.object({ room: p.roomId });
const empty = z.object({});

export const summaryCalls = {
  /**
   * Answers at once; the summary comes in `summary:delta` and `summary:done` to all sockets of who asked. The same question again while it is
   * being answered is the same summary. For the `room` it is made of what all members may read, and posted.
   */
  'summary:request': {
    input: inRoom.extend({
      range: s.summaryRange,
      style: s.summaryStyle.default('brief'),
      audience: z.enum(['me', 'room']).default('me'),
      question: z
        .string()
        .max(s.QUESTION_CHARS)
        .refine(p.storable, p.unstorable)
        .transform(text => text.trim())
        .optional(),
      /** Names the summary, so that the call can be repeated when its answer was lost. */
      id: p.uuid.optional(),
    }),
    data: z.object({ id: p.uuid }),
  },
  /** By who asked alone. */
  'summary:cancel': { input: z.object({ id: p.uuid }), data: empty },
  /** What was written so far, to who asked; `not_found` some minutes after its end, or when its node went: ask again. */
  'summary:get': { input: z.object({ id: p.uuid }), data: s.summaryState },
  /** The quiet summary of a room's newest messages, if there is one that the caller may read. */
  'summary:live': {
    input: inRoom,
    data: z.object({ summary: s.summary.omit({ id: true }).extend({ at: z.string() }).nullable() }),
  },
} as const;
