// Everything a client may ask of the hub: one table of calls, each with its input and its answer. Types of both sides come from here.
import { z } from 'zod';
import { URL_CHARS } from '../file-links.ts';
import { adminCalls } from './admin-calls.ts';
import { announceCalls } from './announce-calls.ts';
import { botCalls } from './bots.ts';
import { logEvent } from './events.ts';
import { fileCalls } from './file-calls.ts';
import { hookCalls } from './hooks.ts';
import * as m from './models.ts';
import { noticeCalls } from './notice-calls.ts';
import * as p from './primitives.ts';
import { recordCalls } from './record-calls.ts';
import { summaryCalls } from './summary-calls.ts';
import { traceCalls } from './trace-calls.ts';

const inRoom = z.object({ room: p.roomId });
const onMember = inRoom.extend({ user: p.userId });
const onMessage = inRoom.extend({ target: p.uuid, id: p.uuid });
const appended = z.object({ seq: p.seq });
const empty = z.object({});
const count = z.object({ count: z.number() });
const events = z.array(logEvent);
const messages = z.array(m.message);

const distinct = (ids: readonly string[]) => new Set(ids.map(id => id.toLowerCase())).size === ids.length;

/** Calls without a needed field may be sent with no input at all. */
const optional = <S extends z.ZodRawShape>(shape: S) => z.preprocess(input => input ?? {}, z.object(shape));

export const calls = {
  'room:create': {
    input: z
      .object({
        id: p.roomId.optional(),
        /** May be left out for a direct room, which is named by its people. */
        title: p.title.optional(),
        kind: m.roomKind,
        topic: p.topic.optional(),
        members: z.array(p.userId).max(200).optional(),
      })
      .refine(input => input.kind === 'direct' || input.title !== undefined, {
        path: ['title'],
        error: 'is missing',
      })
      .refine(input => input.kind !== 'direct' || (input.members ?? []).length > 0, {
        path: ['members'],
        error: 'must name whom to talk with',
      }),
    data: z.object({ room: m.room }),
  },
  'room:list': {
    input: optional({ scope: z.enum(['mine', 'public']).default('mine'), cursor: p.roomId.optional() }),
    data: z.object({ rooms: z.array(m.listedRoom), cursor: p.roomId.optional() }),
  },
  'room:join': {
    input: inRoom.extend({
      /** Where the client's copy of the log ends. */
      after: z.object({ epoch: p.epoch, seq: p.seq }).optional(),
    }),
    data: z.object({
      room: m.room,
      epoch: z.string(),
      /** Live frames go on at `head + 1`. */
      head: p.seq,
      role: m.roomRole,
      readSeq: p.seq,
      recovered: z.boolean(),
      events,
      /** `events` ends before `head`: `events:read` has the rest. */
      more: z.boolean(),
      messages: messages.optional(),
      presence: z.union([z.array(m.presence), count]),
      members: z.union([z.array(m.member), count]),
    }),
  },
  'room:leave': { input: inRoom.extend({ forget: z.boolean().optional() }), data: empty },
  'room:update': {
    input: inRoom
      .extend({
        title: p.title.optional(),
        topic: p.topic.optional(),
        ai: z.boolean().optional(),
        /** `null`: as the hub's settings have it, which is for ever where they say nothing. */
        retentionDays: z.int().min(1).max(36_500).nullable().optional(),
        archived: z.boolean().optional(),
      })
      .refine(({ room: _, ...changes }) => Object.keys(changes).length > 0, 'changes nothing'),
    data: z.object({ room: m.room }),
  },
  'member:add': { input: onMember.extend({ role: m.roomRole.default('member') }), data: appended },
  'member:remove': {
    input: onMember.extend({
      ban: z.object({ until: p.timestamp.optional(), reason: p.topic.optional() }).optional(),
    }),
    data: appended,
  },
  'member:role': { input: onMember.extend({ role: m.roomRole }), data: appended },
  'member:mute': { input: onMember.extend({ until: p.timestamp.nullable().optional() }), data: appended },
  'message:send': {
    input: inRoom
      .extend({
        id: p.uuid,
        /** May be blank beside files. */
        text: p.anyText,
        replyTo: p.uuid.optional(),
        /** Uploaded by the caller for this room, and of no other message. */
        files: z.array(p.fileId).max(20).refine(distinct, 'names a file twice').optional(),
        meta: p.meta.optional(),
      })
      .refine(({ text, files }) => !p.isBlank(text) || (files ?? []).length > 0, {
        path: ['text'],
        error: 'is blank',
      }),
    data: z.object({
      id: p.uuid,
      seq: p.seq,
      epoch: z.string(),
      at: z.string(),
      duplicate: z.literal(true).optional(),
    }),
  },
  'message:edit': { input: onMessage.extend({ text: p.messageText }), data: appended },
  'message:delete': { input: onMessage, data: appended },
  'message:react': { input: onMessage.extend({ emoji: p.emoji, on: z.boolean() }), data: appended },
  'message:pin': { input: onMessage.extend({ on: z.boolean() }), data: appended },
  'messages:read': {
    input: inRoom
      .extend({
        before: p.seq.optional(),
        after: p.seq.optional(),
        around: p.seq.optional(),
        limit: z.int().min(1).max(200).default(50),
        thread: p.uuid.optional(),
      })
      .refine(
        ({ before, after, around }) => [before, after, around].filter(at => at !== undefined).length <= 1,
        'takes one of before, after and around',
      ),
    data: z.object({ messages, head: p.seq, epoch: z.string() }),
  },
  'events:read': {
    input: inRoom.extend({ after: p.seq, limit: z.int().min(1).max(500).default(200) }),
    data: z.object({ events, head: p.seq, epoch: z.string() }),
  },
  /** Messages of all rooms one is in, or of one; operators in `query` as docs/search.md has them. */
  search: {
    input: z.object({
      query: p.searchQuery,
      room: p.roomId.optional(),
      from: p.userId.optional(),
      /** At or after, and before. */
      after: p.timestamp.optional(),
      before: p.timestamp.optional(),
      mode: z.enum(m.searchModes).default('keyword'),
      limit: z.int().min(1).max(50).default(20),
      /** Of the answer before, with the same input. */
      cursor: z.string().max(1000).optional(),
    }),
    data: z.object({
      hits: z.array(m.searchHit),
      /** About how many there are; counting ends at five hundred. */
      total: z.number(),
      /** How they were found; `keyword` where what was asked for is not there. */
      mode: z.enum(m.searchModes),
      cursor: z.string().optional(),
    }),
  },
  'read:mark': { input: inRoom.extend({ seq: p.seq }), data: z.object({ readSeq: p.seq }) },
  /** Has no ack and may be lost. */
  typing: { input: inRoom.extend({ on: z.boolean() }), data: empty },
  'presence:set': {
    input: z.object({
      status: z.enum(['active', 'away', 'dnd', 'invisible', 'auto']),
      text: p.statusText.optional(),
      emoji: p.emoji.optional(),
      until: p.timestamp.optional(),
    }),
    data: z.object({ presence: m.presence }),
  },
  'presence:get': {
    input: z
      .object({ room: p.roomId.optional(), users: z.array(p.userId).max(200).optional() })
      .refine(
        ({ room, users }) => (room === undefined) !== (users === undefined),
        'takes either room or users',
      ),
    data: z.object({ presence: z.array(m.presence) }),
  },
  /** Why somebody is shown as they are: for themselves, and for admins. */
  'presence:explain': {
    input: z.object({ user: p.userId }),
    data: z.object({
      presence: m.presence,
      claims: z.array(m.claimAccount),
    }),
  },
  /** Names of people one shares a room with; others are left out. */
  'user:get': {
    input: z.object({ users: z.array(p.userId).min(1).max(200) }),
    data: z.object({ users: z.array(m.user) }),
  },
  /** One's own; of another or of all, for admins. */
  'link:list': {
    input: optional({ user: p.userId.optional(), all: z.boolean().optional() }),
    data: z.object({ links: z.array(m.link) }),
  },
  /** A code to show at the service, once, which links the account there that shows it. */
  'link:code': {
    input: z.object({ vendor: m.vendor }),
    data: z.object({ code: z.string(), expiresAt: z.string() }),
  },
  /** Admins alone. */
  'link:set': {
    input: z.object({ vendor: m.vendor, id: p.remoteId, user: p.userId }),
    data: empty,
  },
  /** One's own; for admins anybody's. All that the service says of the person ends at once. */
  'link:remove': { input: z.object({ vendor: m.vendor, user: p.userId.optional() }), data: empty },
  /** Admins alone. */
  'integration:list': { input: optional({}), data: z.object({ integrations: z.array(m.integration) }) },
  /** What a file in Google Drive is called, for the card of a link; null when the hub may not see it. */
  'drive:lookup': {
    input: z.object({ url: z.string().max(URL_CHARS) }),
    data: z.object({ link: m.fileLink.nullable() }),
  },
  ...summaryCalls,
  ...fileCalls,
  ...announceCalls,
  ...adminCalls,
  ...hookCalls,
  ...recordCalls,
  ...noticeCalls,
  'session:refresh': {
    input: z.object({ token: z.string().max(8192) }),
    data: z.object({ expiresAt: z.string() }),
  },
  ...botCalls,
  ...traceCalls,
} as const;

export type CallName = keyof typeof calls;
export const callNames = Object.keys(calls) as CallName[];
/** What a client hands in. */
export type CallInput<C extends CallName> = z.input<(typeof calls)[C]['input']>;
/** What a handler gets: parsed, defaults filled in. */
export type ParsedInput<C extends CallName> = z.output<(typeof calls)[C]['input']>;
export type CallData<C extends CallName> = z.output<(typeof calls)[C]['data']>;
