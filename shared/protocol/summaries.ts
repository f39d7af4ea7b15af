// What a summary looks like on the wire: claims, and for each the messages that it rests on.
import { z } from 'zod';
import * as p from './primitives.ts';

export const summaryStyle = z.enum(['brief', 'decisions', 'actions']);
export type SummaryStyle = z.infer<typeof summaryStyle>;

export const QUESTION_CHARS = 500;

/** `after` and `before` are sequence numbers, both left out of the range. */
export const summaryRange = z.union([
  z.enum(['unread', 'day', 'week']),
  z.strictObject({ after: p.seq.optional(), before: p.seq.optional() }),
]);
export type SummaryRange = z.infer<typeof summaryRange>;

/** A message that a claim rests on. The quote is cut from the message by the hub; empty when the message was deleted since. */
export const citation = z.object({ seq: p.seq, messageId: p.uuid, quote: z.string() });
export type Citation = z.infer<typeof citation>;

/** One line without links, images or HTML. `cites` are places in the list of citations, from 1. */
export const claim = z.object({ text: z.string(), cites: z.array(z.int().min(1)).min(1) });
export type SummaryClaim = z.infer<typeof claim>;

/** Who wrote it. `note` is for people, where there is something to say: that a model failed, or the budget is spent. */
const written = {
  provider: z.enum(['claude', 'openai', 'extractive']),
  model: z.string(),
  style: summaryStyle,
  question: z.string().optional(),
  note: z.string().optional(),
  /** The first and the last entry that it covers. */
  from: p.seq,
  upTo: p.seq,
  /** The range held more than is read at once: this is of its newest part. */
  clipped: z.literal(true).optional(),
};

/** In the log and on messages: `claims` and `citations` say in parts what `text` says in one. */
export const postedSummary = z.object({
  ...written,
  claims: z.array(claim),
  citations: z.array(citation),
});
export type PostedSummary = z.infer<typeof postedSummary>;

export const summary = postedSummary.extend({ id: p.uuid, room: p.roomId, text: z.string() });
export type Summary = z.infer<typeof summary>;

/** A summary as it stands: to one who comes late, or back. */
export const summaryState = z.object({
  id: p.uuid,
  room: p.roomId,
  state: z.enum(['running', 'done', 'failed']),
  text: z.string(),
  claims: z.array(claim),
  citations: z.array(citation),
  /** When it is done. */
  summary: summary.optional(),
});
export type SummaryState = z.infer<typeof summaryState>;
