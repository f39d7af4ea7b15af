// Webhooks of rooms: what they look like, the calls about them, and what is posted to one that speaks.
import { z } from 'zod';
import { eventTypes } from './events.ts';
import * as p from './primitives.ts';

export const hook = z.object({
  id: p.uuid,
  room: p.roomId,
  /** `in` speaks in the room, `out` hears what happens there. */
  direction: z.enum(['in', 'out']),
  name: z.string(),
  /** Who looks after it: it works as long as they are in the room, or are an admin. */
  by: p.userId,
  at: z.string(),
  /** `paused`: `hook:resume` lets it go on. `ended`: its receiver said that it is gone for good. */
  state: z.enum(['on', 'paused', 'ended']),
  /** Why it is not on. */
  reason: z.string().optional(),
  /** In: as whom it speaks. */
  user: p.userId.optional(),
  /** Out: where it goes, without path and query, which are often secret. */
  site: z.string().optional(),
  /** Out: the entries it is told of; left out, all. */
  events: z.array(z.enum(eventTypes)).optional(),
  /** Out: entries that it has still to get, or to pass over. */
  behind: z.number().optional(),
  /** Out: tries that failed since the last that went well. */
  failures: z.number().optional(),
  /** How the last try went; without a status nobody answered. */
  lastStatus: z.number().optional(),
  lastError: z.string().optional(),
  /** Out: when that was. In: when it was used last, to a minute. */
  lastAt: z.string().optional(),
});
export type Hook = z.infer<typeof hook>;

const one = z.object({ id: p.uuid });
const empty = z.object({});
const named = z.object({ room: p.roomId, name: p.userName });
const webAddress = z
  .string()
  .max(2000)
  .refine(p.storable, p.unstorable)
  .refine(text => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'is not a web address');

/** For owners and moderators of the room, and admins. To all others there is no such webhook. */
export const hookCalls = {
  /** What is secret in the answer is shown this once: `url` of one that speaks, `secret` of one that hears. */
  'hook:create': {
    input: z.discriminatedUnion('direction', [
      named.extend({ direction: z.literal('in') }),
      named.extend({
        direction: z.literal('out'),
        url: webAddress,
        events: z.array(z.enum(eventTypes)).min(1).max(eventTypes.length).optional(),
      }),
    ]),
    data: one.extend({ url: z.string().optional(), secret: z.string().optional() }),
  },
  /** Without a room all of them, for admins. */
  'hook:list': {
    input: z.preprocess(input => input ?? {}, z.object({ room: p.roomId.optional() })),
    data: z.object({ hooks: z.array(hook) }),
  },
  'hook:get': { input: one, data: z.object({ hook }) },
  'hook:remove': { input: one, data: empty },
  /** A new address of one that speaks, and the old one ends at once. A new secret of one that hears, and the old one signs too until `until`. */
  'hook:renew': {
    input: one,
    data: z.object({
      url: z.string().optional(),
      secret: z.string().optional(),
      until: z.string().optional(),
    }),
  },
  /** Goes on where it stood, or with `skip` with what comes now; whoever calls looks after it from then on. */
  'hook:resume': {
    input: one.extend({ skip: z.boolean().default(false) }),
    data: z.object({ hook }),
  },
  /** One try with an entry of no room, now; `error` is why it failed. */
  'hook:test': {
    input: one,
    data: z.object({ ms: z.number(), status: z.number().optional(), error: z.string().optional() }),
  },
} as const;

const spoken = z.object({ text: z.string().max(p.limits.textBytes).nullish() });

/** What is posted to `/api/hooks/…`: ours, or what is posted to Slack's. */
export const hookMessage = z.object({
  /** The message's own: the same again is the same message. */
  id: p.uuid.optional(),
  text: p.anyText.default(''),
  meta: p.meta.optional(),
  mrkdwn: z.boolean().optional(),
  attachments: z
    .array(
      z.object({
        pretext: z.string().nullish(),
        title: z.string().nullish(),
        title_link: z.string().nullish(),
        text: z.string().nullish(),
        fallback: z.string().nullish(),
      }),
    )
    .max(100)
    .nullish(),
  blocks: z
    .array(
      z.object({
        text: z.union([z.string(), spoken]).nullish(),
        fields: z.array(spoken).max(20).nullish(),
        elements: z
          .array(z.looseObject({ text: z.unknown().optional() }))
          .max(50)
          .nullish(),
      }),
    )
    .max(100)
    .nullish(),
});
export type HookMessage = z.infer<typeof hookMessage>;

/** What one that hears is sent. */
export const hookBody = z.object({
  /** Of the entry, or `hook.test`. */
  type: z.string(),
  timestamp: z.string(),
  data: z.object({
    hook: one.extend({ name: z.string() }),
    room: z.object({ id: p.roomId, title: z.string() }),
    author: z.object({ id: p.userId, name: z.string(), role: z.string() }).optional(),
    /** As `events` has it. `truncated`: its data was too long, and is left out. */
    event: z.looseObject({ seq: p.seq, id: p.uuid, type: z.string() }).optional(),
    truncated: z.literal(true).optional(),
  }),
});
export type HookBody = z.infer<typeof hookBody>;
