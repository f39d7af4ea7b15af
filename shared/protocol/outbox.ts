// How people are reached outside the hub: their devices, addresses and wishes, and what is on its way to them.
import { z } from 'zod';
import * as p from './primitives.ts';

export const channel = z.enum(['email', 'push', 'sms', 'webhook']);
export type Channel = z.infer<typeof channel>;

/** What a message to somebody is about; each can be unsubscribed from by itself. */
export const topic = z.enum(['announcement', 'message']);
export type Topic = z.infer<typeof topic>;

const base64url = (bytes: number) =>
  z
    .string()
    .max(Math.ceil((bytes * 4) / 3) + 2)
    .regex(/^[\w-]+={0,2}$/, 'is not in base64url')
    .refine(
      text => Math.floor((text.replace(/=+$/, '').length * 3) / 4) === bytes,
      `is not ${bytes} bytes long`,
    );

/** As a browser's `PushSubscription` says it. */
export const pushSubscription = z.object({
  endpoint: z
    .string()
    .max(1000)
    .refine(p.storable, p.unstorable)
    .refine(text => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'is not a web address'),
  keys: z.object({ p256dh: base64url(65), auth: base64url(16) }),
});
export type PushSubscription = z.infer<typeof pushSubscription>;

export const pushDevice = z.object({ id: p.uuid, device: z.string().optional(), at: z.string() });

/** As in `+491701234567`. */
export const phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'is not a telephone number such as +491701234567');

export const contact = z.object({
  email: z.string().optional(),
  /** Of an e-mail address: whether its owner said that it is theirs. Mails go to no other. */
  confirmed: z.boolean().optional(),
  phone: z.string().optional(),
  /** What was unsubscribed from. */
  off: z.array(z.object({ channel, topic })),
});

export const outboxState = z.enum(['waiting', 'sent', 'dead', 'cancelled']);

/** Something to be sent, for admins; without its text. */
export const outboxEntry = z.object({
  key: z.string(),
  channel,
  state: outboxState,
  user: p.userId.optional(),
  title: z.string().optional(),
  attempts: z.number(),
  at: z.string(),
  /** When it is tried next. */
  due: z.string().optional(),
  error: z.string().optional(),
});
export type OutboxEntry = z.infer<typeof outboxEntry>;

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
