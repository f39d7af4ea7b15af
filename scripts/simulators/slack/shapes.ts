// What a Slack workspace holds, in the shapes and names of Slack's own Web API.

export interface Profile {
  real_name: string;
  display_name: string;
  email?: string;
  status_text: string;
  status_emoji: string;
  /** Seconds since 1970; 0: for ever. */
  status_expiration: number;
  huddle_state: 'in_a_huddle' | 'default_unset';
  huddle_state_expiration_ts: number;
}

export interface User {
  readonly id: string;
  readonly team_id: string;
  name: string;
  deleted: boolean;
  is_bot: boolean;
  is_email_confirmed: boolean;
  profile: Profile;
}

export interface Dnd {
  dnd_enabled: boolean;
  next_dnd_start_ts: number;
  next_dnd_end_ts: number;
}

export interface File {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly permalink: string;
}

export interface Message {
  readonly type: 'message';
  readonly ts: string;
  subtype?: string;
  user?: string;
  bot_id?: string;
  app_id?: string;
  username?: string;
  text: string;
  thread_ts?: string;
  edited?: { user: string; ts: string };
  reply_count?: number;
  latest_reply?: string;
  reactions?: { name: string; users: string[]; count: number }[];
  files?: File[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly is_private: boolean;
  is_archived: boolean;
  readonly members: Set<string>;
  /** In the order of their ts, replies among them. */
  readonly messages: Message[];
}

export type Event = { type: string; event_ts: string } & Record<string, unknown>;

/** What Slack answers with `ok: false`. */
export class Refusal extends Error {
  readonly extra: object;

  constructor(code: string, extra: object = {}) {
    super(code);
    this.extra = extra;
  }
}
