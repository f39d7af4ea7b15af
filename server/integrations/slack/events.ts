// The events that Slack sends, checked: what the adapter understands, in the shapes it needs.
import { z } from 'zod';
import { spokenShape } from '#shared/slack/message-text.ts';

const ts = z.string().regex(/^\d{1,11}\.\d{1,6}$/);

export const profile = z.object({
  real_name: z.string().optional(),
  display_name: z.string().optional(),
  email: z.string().optional(),
  status_text: z.string().default(''),
  status_emoji: z.string().default(''),
  status_expiration: z.number().default(0),
  huddle_state: z.string().optional(),
  huddle_state_expiration_ts: z.number().optional(),
});
export type Profile = z.infer<typeof profile>;

export const user = z.object({
  id: z.string(),
  name: z.string().default(''),
  deleted: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  is_email_confirmed: z.boolean().default(false),
  profile,
});
export type SlackUser = z.infer<typeof user>;

export const dnd = z.object({
  dnd_enabled: z.boolean().default(false),
  next_dnd_start_ts: z.number().default(0),
  next_dnd_end_ts: z.number().default(0),
});
export type Dnd = z.infer<typeof dnd>;

export const message = z.object({
  ...spokenShape,
  ts,
  user: z.string().optional(),
  bot_id: z.string().optional(),
  username: z.string().optional(),
  thread_ts: ts.optional(),
  edited: z.object({ ts }).optional(),
  reply_count: z.number().optional(),
  latest_reply: ts.optional(),
  reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()).default([]) })).optional(),
  metadata: z
    .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
    .optional()
    .catch(undefined),
});
export type SlackMessage = z.infer<typeof message>;

const common = { event_ts: ts };
const inChannel = { ...common, channel: z.string() };

export const changed = z.object({
  type: z.literal('message'),
  subtype: z.literal('message_changed'),
  ...inChannel,
  message,
  previous_message: message.optional(),
});
export const deleted = z.object({
  type: z.literal('message'),
  subtype: z.literal('message_deleted'),
  ...inChannel,
  deleted_ts: ts,
  previous_message: message.optional(),
});
const said = message.extend({ type: z.literal('message'), ...inChannel });
export const reacted = z.object({
  type: z.enum(['reaction_added', 'reaction_removed']),
  ...common,
  user: z.string(),
  reaction: z.string(),
  item: z.object({ type: z.literal('message'), channel: z.string(), ts }),
});
const person = z.object({
  type: z.enum([
    'user_change',
    'user_huddle_changed',
    'user_status_changed',
    'user_profile_changed',
    'team_join',
  ]),
  user,
});
const quiet = z.object({
  type: z.enum(['dnd_updated_user', 'dnd_updated']),
  user: z.string(),
  dnd_status: dnd,
});
/** The order counts: `said` fits a change too. */
const event = z.union([changed, deleted, said, reacted, person, quiet]);
export type SlackEvent = z.infer<typeof event>;
export type Changed = z.infer<typeof changed>;
export type Deleted = z.infer<typeof deleted>;
export type Said = z.infer<typeof said>;
export type Reacted = z.infer<typeof reacted>;

const callback = z.object({ event_id: z.string(), event: z.looseObject({ type: z.string() }) });

/** Undefined for what the adapter has no use for. */
export function parseEvent(body: unknown): { id: string; event: SlackEvent } | undefined {
  const outer = callback.safeParse(body);
  if (!outer.success) return undefined;
  const inner = event.safeParse(outer.data.event);
  return inner.success ? { id: outer.data.event_id, event: inner.data } : undefined;
}

const command = z.object({
  command: z.string(),
  text: z.string().default(''),
  user_id: z.string(),
  user_name: z.string().default(''),
  channel_id: z.string(),
  channel_name: z.string().default(''),
  response_url: z.string(),
  trigger_id: z.string(),
});
export type Command = z.infer<typeof command>;

export const parseCommand = (body: unknown): Command | undefined => command.safeParse(body).data;
