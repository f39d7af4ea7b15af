// Bots on the wire: how far they have read, what they could not handle, the commands they answer, what they may do.
import { z } from 'zod';
import { logEvent } from './events.ts';
import * as p from './primitives.ts';

export const botScope = z.enum(['read', 'write', 'commands']);
export type BotScope = z.infer<typeof botScope>;

/** Milliseconds in which a bot says that it has a command; after that the caller is told that it did not. */
export const COMMAND_MS = 3000;
/** Commands of one bot. */
export const MOST_COMMANDS = 50;

/** Of a cursor, or of a command without its slash. */
const name = z
  .string()
  .max(32)
  .regex(/^[a-z0-9][a-z0-9_-]*$/, 'is not a name: lower-case letters, digits, dashes, up to 32');
const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, 'holds control characters')
    .refine(p.storable, p.unstorable);
const said = (max: number) => z.string().max(max).refine(p.storable, p.unstorable);

const inRoom = z.object({ room: p.roomId });
const ofCursor = inRoom.extend({ name });
const ofCommand = z.object({ id: p.uuid });
const empty = z.object({});

export const command = z.object({
  name,
  description: line(120),
  /** What may follow the name, such as `[day | week]`. */
  usage: line(120).optional(),
});
export const offeredCommand = command.extend({ bot: p.userId });
export type OfferedCommand = z.infer<typeof offeredCommand>;

export const deadLetter = z.object({
  id: p.uuid,
  bot: p.userId,
  name: z.string(),
  room: p.roomId,
  seq: p.seq,
  type: z.string().optional(),
  attempts: z.number(),
  error: z.string(),
  /** Somebody wants it tried again. */
  due: z.boolean(),
  at: z.string(),
  /** For the bot itself, as far as it may still read it. */
  event: logEvent.optional(),
});
export type DeadLetter = z.infer<typeof deadLetter>;

export const bot = z.object({
  id: p.userId,
  name: z.string(),
  createdAt: z.string(),
  lastSeenAt: z.string().optional(),
  /** When its token ends. */
  expiresAt: z.string().optional(),
  /** By room; `*` is every room without a word of its own. What is not named may do all. */
  scopes: z.record(z.string(), z.array(botScope)),
  cursors: z.array(
    z.object({ name: z.string(), room: p.roomId, seq: p.seq, behind: z.number(), at: z.string() }),
  ),
  deadLetters: z.number(),
  commands: z.array(z.string()),
});
export type Bot = z.infer<typeof bot>;

const letters = z.object({ bot: p.userId.optional(), id: p.uuid.optional() });

export const botCalls = {
  /** Where the calling bot stands in a room's log. `fresh`: it was never there, and `seq` is where its membership began. */
  'cursor:get': {
    input: ofCursor,
    data: z.object({
      seq: p.seq,
      /** Sent back with `cursor:set`: who was put elsewhere meanwhile is told so. */
      turn: z.number(),
      epoch: z.string(),
      head: p.seq,
      fresh: z.boolean(),
    }),
  },
  /** Never moves back. `conflict`: somebody put it elsewhere, or a backup was restored; ask for it anew. */
  'cursor:set': {
    input: ofCursor.extend({ seq: p.seq, turn: z.int().min(0), epoch: p.epoch }),
    data: z.object({ seq: p.seq }),
  },
  /** The calling bot gives an entry up; the same entry again adds to its attempts. */
  'deadletter:put': {
    input: ofCursor.extend({ seq: p.seq, attempts: z.int().min(1).max(1000), error: said(2000) }),
    data: z.object({ id: p.uuid }),
  },
  /** A bot's own, oldest first; for admins anybody's, without what was said. */
  'deadletter:list': {
    input: z.preprocess(
      input => input ?? {},
      z.object({
        bot: p.userId.optional(),
        name: name.optional(),
        due: z.literal(true).optional(),
        after: p.uuid.optional(),
        limit: z.int().min(1).max(100).default(50),
      }),
    ),
    data: z.object({ letters: z.array(deadLetter) }),
  },
  /** One, or all of a bot: its own, or for admins anybody's. The bot tries again at once, or when it comes. */
  'deadletter:replay': { input: letters, data: z.object({ count: z.number() }) },
  'deadletter:drop': { input: letters, data: z.object({ count: z.number() }) },
  /** All commands of the calling bot, in place of those before. */
  'command:register': {
    input: z.object({ commands: z.array(command).max(MOST_COMMANDS) }),
    data: empty,
  },
  /** What the bots of a room answer to. */
  'command:list': { input: inRoom, data: z.object({ commands: z.array(offeredCommand) }) },
  /** Answered when the bot has taken it: within three seconds, or `unavailable`. What it has to say comes with it, or in `message:ephemeral`. */
  'command:run': {
    input: inRoom.extend({
      id: p.uuid,
      command: name,
      text: said(4000),
      replyTo: p.uuid.optional(),
    }),
    data: z.object({ id: p.uuid, bot: p.userId, text: z.string().optional() }),
  },
  /** By the bot: it has the command. `text` is for the caller alone. */
  'command:ack': { input: ofCommand.extend({ text: said(p.limits.textBytes).optional() }), data: empty },
  /** By the bot, for half an hour: to the caller alone. To the room it speaks by `message:send`. */
  'command:respond': { input: ofCommand.extend({ text: p.messageText }), data: empty },
  /** A message that the calling bot is still writing, whole; with `end` it will not be sent. Never stored: `message:send` with this id ends it. */
  'message:draft': {
    input: inRoom.extend({
      id: p.uuid,
      text: p.messageText.or(z.literal('')),
      replyTo: p.uuid.optional(),
      end: z.literal(true).optional(),
    }),
    data: empty,
  },
  /** These four are the admins'; moderators say what a bot may do in their room. */
  'bot:list': {
    input: z.preprocess(input => input ?? {}, z.object({})),
    data: z.object({ bots: z.array(bot) }),
  },
  'bot:scopes': {
    input: z.object({
      bot: p.userId,
      /** Left out: every room without a word of its own. */
      room: p.roomId.optional(),
      /** `null`: as in every other room. */
      scopes: z.array(botScope).max(3).nullable(),
    }),
    data: empty,
  },
  /** Its token works no more; its commands are gone. */
  'bot:revoke': { input: z.object({ bot: p.userId }), data: empty },
  /** From which entry, or from when on, it reads a room, or all, once more. */
  'bot:rewind': {
    input: z
      .object({
        bot: p.userId,
        name: name.default('main'),
        room: p.roomId.optional(),
        seq: p.seq.optional(),
        since: p.timestamp.optional(),
      })
      .refine(({ seq, since }) => (seq === undefined) !== (since === undefined), 'takes either seq or since'),
    data: z.object({ rooms: z.array(z.object({ room: p.roomId, seq: p.seq })) }),
  },
} as const;

export const botPushes = {
  /** To one socket of the bot: answer with `command:ack` within three seconds. */
  command: z.object({
    id: p.uuid,
    command: z.string(),
    text: z.string(),
    room: p.roomId,
    replyTo: p.uuid.optional(),
    user: p.userId,
    name: z.string(),
    at: z.string(),
  }),
  /** Somebody added you to a room. A hint: `room:list` knows. */
  'room:added': z.object({ room: p.roomId }),
  /** To all sockets of a bot: something was put before it again. */
  'bot:redo': z.object({ what: z.enum(['cursors', 'deadletters']) }),
  /** From a bot, to one person alone; in no log. */
  'message:ephemeral': z.object({
    id: p.uuid,
    room: p.roomId,
    by: p.userId,
    command: z.string(),
    text: z.string(),
    at: z.string(),
  }),
  /** A bot writes: `text` stands at `at` (UTF-16 units) of what is known of it; who knows less waits for one with `at: 0`. */
  'message:draft': z.object({
    room: p.roomId,
    id: p.uuid,
    by: p.userId,
    at: z.number(),
    text: z.string(),
    replyTo: p.uuid.optional(),
    /** It will not be sent. */
    end: z.literal(true).optional(),
  }),
} as const;
