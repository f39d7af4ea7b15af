// What admins see: people and their standing, bans, who is connected, and how each node does.
import { z } from 'zod';
import * as m from './models.ts';
import * as p from './primitives.ts';

/** In people's words; shown to whom it befalls, and kept in the audit log. */
export const why = z.string().max(500).refine(p.storable, p.unstorable);

export const account = z.object({
  id: p.userId,
  name: z.string(),
  role: m.platformRole,
  email: z.string().optional(),
  createdAt: z.string(),
  /** Of their sign-ins that are kept. */
  lastSeenAt: z.string().optional(),
  /** Nobody comes in as this person; `until` is when that ends by itself. */
  disabled: z
    .object({
      at: z.string(),
      until: z.string().optional(),
      reason: z.string().optional(),
      by: z.string().optional(),
    })
    .optional(),
});
export type Account = z.infer<typeof account>;

const muted = z.object({ until: z.string().optional() }).optional();

export const ban = z.object({
  room: p.roomId,
  user: p.userId,
  name: z.string(),
  /** Left out: for good. */
  until: z.string().optional(),
  reason: z.string().optional(),
  /** Not known of bans from before there was an audit of them. */
  by: p.userId.optional(),
  at: z.string().optional(),
});
export type Ban = z.infer<typeof ban>;

export const accountDetails = z.object({
  user: account,
  /** Sign-ins that can go on, whether a socket is open or not. */
  sessions: z.array(
    z.object({
      id: z.string(),
      client: z.string().optional(),
      createdAt: z.string(),
      lastSeenAt: z.string(),
      expiresAt: z.string(),
    }),
  ),
  rooms: z.array(z.object({ room: p.roomId, title: z.string(), role: m.roomRole, muted })),
  bans: z.array(ban),
});

export const roomDetails = z.object({
  room: m.room,
  /** One's own; not there for an admin who is no member. */
  role: m.roomRole.optional(),
  members: z.union([z.array(m.member.extend({ muted })), z.object({ count: z.number() })]),
  /** For those who look after the room. */
  bans: z.number().optional(),
});

/** An open socket, wherever it is. */
export const openSocket = z.object({
  socket: z.string(),
  user: p.userId,
  name: z.string(),
  role: m.platformRole,
  /** The sign-in, where the hub made it. */
  session: z.string().optional(),
  client: z.string().optional(),
  device: z.string().optional(),
  address: z.string(),
  node: z.string(),
  since: z.string(),
  /** Those it follows, the first two hundred. */
  rooms: z.array(p.roomId),
});
export type OpenSocket = z.infer<typeof openSocket>;

/** How a node does. Rates are of the last five seconds, answers and the busiest of the last minute; both of what this node did itself. */
export const figures = z.object({
  version: z.string(),
  upMs: z.number(),
  draining: z.boolean(),
  sockets: z.number(),
  /** With a socket here. */
  people: z.number(),
  rooms: z.number(),
  perSecond: z.object({ messages: z.number(), deliveries: z.number(), calls: z.number() }),
  /** Milliseconds from a call to its answer, by the bounds of a histogram; null: there were none. */
  acks: z.object({ count: z.number(), p50: z.number().nullable(), p99: z.number().nullable() }),
  /** The 99th percentile of the last second, in milliseconds. */
  loopDelayMs: z.number(),
  /** Bytes, and their share of what the process may have. */
  memory: z.object({ rss: z.number(), share: z.number() }),
  /** How many classes of work are refused, and which. */
  pressure: z.object({ level: z.number(), words: z.string() }),
  /** How long its last look took, in milliseconds. */
  database: z.object({ state: z.enum(['ok', 'away']), ms: z.number().optional() }),
  /** Not there where none is configured. */
  redis: z.string().optional(),
  services: z.record(z.string(), z.string()),
  busiest: z.object({
    rooms: z.array(z.object({ id: z.string(), messages: z.number() })),
    people: z.array(z.object({ id: z.string(), messages: z.number() })),
  }),
});
export type Figures = z.infer<typeof figures>;

/** `ageMs`: since the node told this. */
export const nodeFigures = figures.extend({ node: z.string(), ageMs: z.number() });
export type NodeFigures = z.infer<typeof nodeFigures>;

/** A line of the audit log. */
export const auditEntry = z.object({
  n: z.number(),
  at: z.string(),
  by: z.string(),
  action: z.string(),
  about: z.record(z.string(), z.unknown()),
  /** Of this line and all before it, SHA-256 in hex. */
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
