// Calls about announcements, and about how people are reached when they are not here.
import { z } from 'zod';
import * as a from './announcements.ts';
import * as o from './outbox.ts';
import * as p from './primitives.ts';

const empty = z.object({});
const one = z.object({ id: p.uuid });
const optional = <S extends z.ZodRawShape>(shape: S) => z.preprocess(input => input ?? {}, z.object(shape));

export const announceCalls = {
  /** Admins alone. The same `key` with something else in it is `conflict`. */
  'announce:send': {
    input: z.object({
      key: a.announcementKey,
      text: p.messageText,
      level: a.announcementLevel,
      audience: a.audience,
      requireAck: z.boolean().default(false),
      /** When it begins; in the past or left out: at once. */
      from: p.timestamp.optional(),
      /** When it ends; left out: when it is cancelled. */
      until: p.timestamp.optional(),
      followUp: a.followUp.optional(),
    }),
    /** `audience`: how many people it is for, as far as known now. */
    data: one.extend({ audience: z.number(), state: a.announcementState }),
  },
  /** From any device, for all of one's devices; again is nothing. */
  'announce:ack': { input: one, data: empty },
  /** Shows it no more, without a word; not for what must be acknowledged. */
  'announce:dismiss': { input: one, data: empty },
  /** Admins alone. */
  'announce:status': {
    input: one.extend({
      /** The last one of the page before. */
      after: p.userId.optional(),
      limit: z.int().min(1).max(200).default(50),
      /** True: `announcement:progress` comes to this socket from now on. False: no more. */
      watch: z.boolean().optional(),
    }),
    data: a.announced.extend({ pending: z.array(a.pendingPerson), cursor: p.userId.optional() }),
  },
  /** Admins alone; the newest first. */
  'announce:list': {
    input: optional({
      state: a.announcementState.optional(),
      before: p.timestamp.optional(),
      limit: z.int().min(1).max(100).default(20),
    }),
    data: z.object({ announcements: z.array(a.announced) }),
  },
  /** Admins alone: it is shown no more, and what waits to be sent is not. */
  'announce:cancel': { input: one, data: empty },
  /** Admins alone: shows it again to all who have not acknowledged it, once a minute at most. */
  'announce:remind': { input: one, data: z.object({ reminded: z.number() }) },

  /** One's devices that get Web Push, and the key to subscribe another with; no key where there is no Web Push. */
  'push:list': {
    input: optional({}),
    data: z.object({ key: z.string().optional(), devices: z.array(o.pushDevice) }),
  },
  'push:subscribe': {
    input: o.pushSubscription.extend({
      /** In people's words. */
      device: z.string().max(100).refine(p.storable, p.unstorable).optional(),
    }),
    data: one,
  },
  'push:unsubscribe': {
    input: z
      .object({ id: p.uuid.optional(), endpoint: o.pushSubscription.shape.endpoint.optional() })
      .refine(
        ({ id, endpoint }) => (id === undefined) !== (endpoint === undefined),
        'takes either id or endpoint',
      ),
    data: empty,
  },
  /** One's own; of others for admins. */
  'contact:get': { input: optional({ user: p.userId.optional() }), data: o.contact },
  /** One may take one's number out; to write one in is for admins, since nobody checks whose it is. */
  'contact:phone': { input: z.object({ user: p.userId.optional(), phone: o.phone.nullable() }), data: empty },
  /** Asks once more, by e-mail, whether one's address is one's own; once an hour at most. */
  'contact:confirm': { input: optional({}), data: empty },
  'contact:subscribe': {
    input: z.object({ channel: o.channel.exclude(['webhook']), topic: o.topic, on: z.boolean() }),
    data: empty,
  },
  /** Admins alone: what is to be sent, the newest first. */
  'outbox:list': {
    input: optional({
      state: o.outboxState.optional(),
      channel: o.channel.optional(),
      /** Keys that begin so. */
      prefix: a.announcementKey.optional(),
      limit: z.int().min(1).max(200).default(50),
    }),
    data: z.object({
      entries: z.array(o.outboxEntry),
      counts: z.record(o.outboxState, z.number()),
    }),
  },
  /** Admins alone: tries again what was given up, all whose keys begin so. */
  'outbox:retry': { input: z.object({ prefix: a.announcementKey }), data: z.object({ count: z.number() }) },
  /** Admins alone; the newest first. */
  'admin:audit': {
    input: optional({
      action: z.string().max(100).refine(p.storable, p.unstorable).optional(),
      before: z.int().min(1).optional(),
      limit: z.int().min(1).max(200).default(50),
    }),
    data: z.object({
      entries: z.array(o.auditEntry),
      /** False: a line was changed or taken out by somebody who can write into the database. */
      intact: z.boolean(),
    }),
  },
} as const;
