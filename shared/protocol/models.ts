// What rooms, people and messages look like on the wire.
import { z } from 'zod';
import { fileIcons, NAME_CHARS, URL_CHARS } from '../file-links.ts';
import { file } from './files.ts';
import * as p from './primitives.ts';
import { postedSummary } from './summaries.ts';

export const platformRole = z.enum(['guest', 'member', 'bot', 'admin']);
export type PlatformRole = z.infer<typeof platformRole>;

export const roomRole = z.enum(['member', 'moderator', 'owner']);
export type RoomRole = z.infer<typeof roomRole>;

export const roomKind = z.enum(['public', 'private', 'direct']);
export type RoomKind = z.infer<typeof roomKind>;

export const user = z.object({ id: p.userId, name: z.string(), role: platformRole });
export type User = z.infer<typeof user>;

export const room = z.object({
  id: p.roomId,
  title: z.string(),
  kind: roomKind,
  topic: z.string().optional(),
  ai: z.boolean(),
  retentionDays: z.number().optional(),
  archived: z.boolean(),
  createdAt: z.string(),
  createdBy: p.userId,
  /** The log's identity: it changes when a backup is restored, and then sequence numbers start to mean other entries. */
  epoch: z.string(),
  head: p.seq,
});
export type Room = z.infer<typeof room>;

export const member = z.object({ user: p.userId, name: z.string(), role: roomRole });
export type Member = z.infer<typeof member>;

/** A room in a list. The last four are there for `scope: "mine"`. */
export const listedRoom = room.extend({
  role: roomRole.optional(),
  readSeq: p.seq.optional(),
  unread: z.number().optional(),
  mentions: z.number().optional(),
  /** The other people of a direct room, whose names stand for its title. */
  with: z.array(member).optional(),
});
export type ListedRoom = z.infer<typeof listedRoom>;

export const reaction = z.object({ emoji: z.string(), users: z.array(p.userId) });
export type Reaction = z.infer<typeof reaction>;

/** A message in its current state: edits, deletes, reactions and pins applied. */
export const message = z.object({
  id: p.uuid,
  room: p.roomId,
  seq: p.seq,
  at: z.string(),
  by: p.userId,
  text: z.string(),
  replyTo: p.uuid.optional(),
  /** The first message of the thread this one belongs to. */
  root: p.uuid.optional(),
  files: z.array(file),
  mentions: z.array(p.userId).optional(),
  /** In order of first use; `users` in order of reaction. */
  reactions: z.array(reaction),
  editedAt: z.string().optional(),
  deletedAt: z.string().optional(),
  pinned: z.boolean().optional(),
  /** On the first message of a thread: its replies, deleted ones included, since they keep their place. */
  thread: z.object({ count: z.number(), lastSeq: p.seq }).optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
  /** It holds a summary that was posted; `text` says the same in one. */
  summary: postedSummary.optional(),
});
export type Message = z.infer<typeof message>;

/**
 * A piece of a message's text, or of the text in one of its files, around what was searched for. `ranges`: where in it the hits are, in UTF-16
 * units, the end not included.
 */
export const highlight = z.object({
  text: z.string(),
  /** The file in which it stands. */
  file: p.uuid.optional(),
  ranges: z.array(z.tuple([z.int().min(0), z.int().min(0)])),
});
export type Highlight = z.infer<typeof highlight>;

export const searchModes = ['keyword', 'semantic', 'hybrid'] as const;
/** `score` orders the hits of one answer and means nothing beyond it. */
export const searchHit = z.object({ message, score: z.number(), highlights: z.array(highlight) });
export type SearchHit = z.infer<typeof searchHit>;

export const presenceStatus = z.enum(['active', 'away', 'dnd', 'offline']);
export type PresenceStatus = z.infer<typeof presenceStatus>;

export const presence = z.object({
  user: p.userId,
  status: presenceStatus,
  text: z.string().optional(),
  emoji: z.string().optional(),
  /** When it ends by itself, if that was said. */
  until: z.string().optional(),
  /** What the status rests on: the claim that won, then those that agree, e.g. `["slack", "google"]` or `["manual", "socket"]`. */
  sources: z.array(z.string()),
  since: z.string(),
});
export type Presence = z.infer<typeof presence>;

/** One claim about a person, and what became of it. */
export const claimAccount = z.object({
  /** `socket`, `manual`, or a vendor. */
  source: z.string(),
  /** Of several from one source, which: a device, or what the vendor speaks of, such as `huddle`. */
  part: z.string().optional(),
  status: z.enum(['active', 'away', 'dnd', 'invisible', 'auto', 'busy', 'offline']),
  text: z.string().optional(),
  emoji: z.string().optional(),
  until: z.string().optional(),
  /** The highest wins; 0 does not count now. */
  priority: z.number(),
  won: z.boolean(),
  /** In people's words. */
  why: z.string(),
});
export type ClaimAccount = z.infer<typeof claimAccount>;

export const presenceCounts = z.object({ active: z.number(), away: z.number(), dnd: z.number() });
export type PresenceCounts = z.infer<typeof presenceCounts>;

/** A service outside that knows people of the hub. */
export const vendor = z.enum(['slack', 'gather', 'google']);

export const link = z.object({
  vendor,
  /** The service's name for the person. */
  id: z.string(),
  user: p.userId,
  name: z.string(),
  /** What it rests on. */
  how: z.enum(['admin', 'code', 'email']),
  at: z.string(),
});
export type Link = z.infer<typeof link>;

/** How the connection to a service stands. */
export const integration = z.object({
  vendor,
  state: z.enum(['off', 'connecting', 'ready', 'degraded', 'failed']),
  reason: z.string().optional(),
  /** What to do about it. */
  next: z.string().optional(),
  /** Where it runs. */
  node: z.string().optional(),
});
export type IntegrationState = z.infer<typeof integration>;
/** A file elsewhere, as a card beside a message; stands in its `meta.links`. */
export const fileLink = z.object({
  url: z.string().max(URL_CHARS),
  name: z.string().min(1).max(NAME_CHARS),
  icon: z.enum(fileIcons),
  provider: z.literal('google-drive'),
});
