// What became of one message for one person: the call, and the shape of the answer.
import { z } from 'zod';
import * as o from './outbox.ts';
import * as p from './primitives.ts';

/** Something that happened once, not before `from` and not after `to`, by the database's clock. Without `from`, nobody knows since when. */
const mark = z.object({ node: z.string(), from: z.string().optional(), to: z.string() });
export type TraceMark = z.infer<typeof mark>;

const device = z.object({
  /** As it named itself; else its sign-in, else its connection. */
  device: z.string(),
  /** The program, as it named itself. */
  client: z.string().optional(),
  /** When it was last given anything of this room, or named anything. */
  lastSeen: z.string(),
  /** Pushed to it, as it listened. */
  live: mark.optional(),
  /** In answer to what came after an entry: when it came back, or caught up. */
  recovered: mark.optional(),
  /** In a page of messages: when it came without knowing the room, or looked back. */
  page: mark.optional(),
  /** It named this entry or a later one as what it has. */
  acknowledged: mark.optional(),
  /** It marked this entry or a later one as read. */
  read: mark.optional(),
  /** It listened, at a node that has not said since whether it was given this one. */
  unknown: z.object({ node: z.string(), lastWord: z.string() }).optional(),
});
export type TraceDevice = z.infer<typeof device>;

const entry = z.object({ seq: p.seq, at: z.string() });

const notice = z.object({
  /** Why it concerned them. */
  reason: z.string(),
  verdict: z.string(),
  /** The rule that decided, in one word. */
  rule: z.string(),
  at: z.string(),
  settledAt: z.string().optional(),
  channels: z.array(
    z.object({
      channel: o.channel,
      state: o.outboxState,
      /** Of Web Push, in people's words. */
      device: z.string().optional(),
      /** When it is tried next. */
      due: z.string().optional(),
      error: z.string().optional(),
      at: z.string(),
    }),
  ),
});
export type TraceNotice = z.infer<typeof notice>;

export const trace = z.object({
  message: z.object({
    id: p.uuid,
    room: p.roomId,
    seq: p.seq,
    at: z.string(),
    by: p.userId,
    editedAt: z.string().optional(),
    deletedAt: z.string().optional(),
  }),
  user: p.userId,
  /** All nodes that run have written down by then what they knew. */
  asOf: z.string(),
  member: z.object({
    /** When the message was written. */
    wasIn: z.boolean(),
    isIn: z.boolean(),
    /** May read it now. */
    mayRead: z.boolean(),
    /** The stay in which it fell, or the first one after it. */
    since: entry.optional(),
    until: entry.extend({ how: z.enum(['left', 'removed']) }).optional(),
  }),
  /** Of this person, those that were in the room in the last thirty days; who was given it first. */
  devices: z.array(device),
  /** The person's read cursor: `reached` when it is here or further. */
  read: z
    .object({
      reached: z.boolean(),
      upTo: p.seq.optional(),
      device: z.string().optional(),
      from: z.string().optional(),
      to: z.string().optional(),
    })
    .optional(),
  notices: z.array(notice),
  /** Nodes that died since: what they noted after their last word is lost. */
  silent: z.array(z.object({ node: z.string(), lastWord: z.string() })),
});
export type Trace = z.infer<typeof trace>;

export const traceCalls = {
  /** Admins alone, and it is written down who asked. Nothing of what the message says. */
  'admin:trace': {
    input: z.object({
      message: p.uuid,
      user: p.userId,
      /** Where messages of several rooms have this id. */
      room: p.roomId.optional(),
    }),
    data: trace,
  },
} as const;
