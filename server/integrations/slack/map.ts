// What Slack says of a person, as claims on their presence. Pure.
import { emojiOf } from '#shared/slack/emoji.ts';
import type { Claim } from '../../hub/ports-integrations.ts';
import type { Dnd, Profile } from './events.ts';

/** The parts of Slack's word, each of which stands until it changes. */
export interface Parts {
  readonly huddle: Claim | null;
  readonly dnd: Claim | null;
  /** A status that says they are busy. */
  readonly status: Claim | null;
  readonly presence: Claim | null;
}

export interface Known {
  readonly profile?: Profile;
  readonly dnd?: Dnd;
  readonly presence?: 'active' | 'away';
}

/** Statuses that Slack's calendar apps set, or that people choose for it. */
const BUSY = new Set([
  ':spiral_calendar_pad:',
  ':calendar:',
  ':date:',
  ':no_entry:',
  ':no_entry_sign:',
  ':headphones:',
]);
const TEXT = 140;

export function partsOf({ profile, dnd, presence }: Known, now: number): Parts {
  const status = profile && current(profile, now);
  const busy = status?.busy;
  return {
    huddle: profile ? huddleOf(profile, now) : null,
    dnd: dnd ? dndOf(dnd, now) : null,
    status: busy ? { status: 'busy', ...status.words, ...status.until } : null,
    presence: presence ? { status: presence, ...(!busy && status?.words) } : null,
  };
}

function huddleOf({ huddle_state, huddle_state_expiration_ts }: Profile, now: number): Claim | null {
  if (huddle_state !== 'in_a_huddle') return null;
  const until = (huddle_state_expiration_ts ?? 0) * 1000;
  if (until > 0 && until <= now) return null;
  return { status: 'busy', text: 'In a huddle', emoji: '🎧', ...(until > 0 && { until }) };
}

function dndOf({ dnd_enabled, next_dnd_start_ts, next_dnd_end_ts }: Dnd, now: number): Claim | null {
  const until = next_dnd_end_ts * 1000;
  if (!dnd_enabled || next_dnd_start_ts * 1000 > now || until <= now) return null;
  return { status: 'busy', text: 'Notifications are paused', emoji: '🔕', until };
}

function current(profile: Profile, now: number) {
  const until = profile.status_expiration * 1000;
  const text = profile.status_text.trim().slice(0, TEXT);
  if ((!text && !profile.status_emoji) || (until > 0 && until <= now)) return undefined;
  const emoji = profile.status_emoji && emojiOf(profile.status_emoji.replace(/^:|:$/g, ''));
  return {
    busy: BUSY.has(profile.status_emoji),
    words: { ...(text && { text }), ...(emoji && { emoji }) },
    until: until > 0 ? { until } : {},
  };
}

/** When the parts will be others without a word from Slack; undefined: they will not. */
export function nextChange({ profile, dnd }: Known, now: number): number | undefined {
  const times = [
    profile?.status_expiration ?? 0,
    profile?.huddle_state_expiration_ts ?? 0,
    ...(dnd?.dnd_enabled ? [dnd.next_dnd_start_ts, dnd.next_dnd_end_ts] : []),
  ].map(seconds => seconds * 1000);
  const future = times.filter(time => time > now);
  return future.length > 0 ? Math.min(...future) : undefined;
}
