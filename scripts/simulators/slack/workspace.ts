// The workspace itself: its people and what they are about. Every change is told as the event that Slack would send for it.
import { type Channel, type Dnd, type Event, type Profile, Refusal, type User } from './shapes.ts';

export const TEAM = 'T00000001';
export const APP = 'A00000001';
/** The app as a member of channels, and as an author. */
export const BOT_USER = 'U00000BOT';
export const BOT = 'B00000BOT';

export type Workspace = ReturnType<typeof createWorkspace>;

export function createWorkspace(tell: (event: Event) => void) {
  const users = new Map<string, User>();
  const channels = new Map<string, Channel>();
  const presence = new Map<string, 'active' | 'away'>();
  const dnd = new Map<string, Dnd>();
  let last = 0;
  let made = 0;

  /** A timestamp as Slack makes them: microseconds, never the same twice. */
  function newTs(): string {
    last = Math.max(last + 1, Date.now() * 1000);
    return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`;
  }

  function user(id: string): User {
    const found = users.get(id);
    if (!found) throw new Refusal('user_not_found');
    return found;
  }

  function addUser(name: string, more: Partial<Omit<User, 'profile'>> & { email?: string } = {}): User {
    const { email, id = `U${String(++made).padStart(8, '0')}`, ...rest } = more;
    const added: User = {
      team_id: TEAM,
      name: name.toLowerCase().replace(/\W+/g, '.'),
      deleted: false,
      is_bot: false,
      is_email_confirmed: true,
      ...rest,
      id,
      profile: {
        real_name: name,
        display_name: name,
        ...(email && { email }),
        status_text: '',
        status_emoji: '',
        status_expiration: 0,
        huddle_state: 'default_unset',
        huddle_state_expiration_ts: 0,
      },
    };
    users.set(id, added);
    presence.set(id, 'away');
    return added;
  }

  /** Slack sends one body under two names. */
  function changeProfile(id: string, change: Partial<Profile>, name: string): void {
    const changed = user(id);
    Object.assign(changed.profile, change);
    const event_ts = newTs();
    for (const type of [name, 'user_change']) {
      tell({ type, user: structuredClone(changed), cache_ts: Math.floor(Number(event_ts)), event_ts });
    }
  }

  addUser('First Court', { id: BOT_USER, is_bot: true });

  return {
    users,
    channels,
    newTs,
    user,
    addUser,
    channel(id: string): Channel {
      const found = channels.get(id);
      if (!found) throw new Refusal('channel_not_found');
      return found;
    },
    /** The app is in it unless `app` is false. */
    addChannel(name: string, { is_private = false, app = true, members = [] as string[] } = {}): Channel {
      const id = `C${String(++made).padStart(8, '0')}`;
      const added = {
        id,
        name,
        is_private,
        is_archived: false,
        members: new Set([...members, ...(app ? [BOT_USER] : [])]),
        messages: [],
      };
      channels.set(id, added);
      return added;
    },
    presenceOf: (id: string) => presence.get(user(id).id) ?? 'away',
    /** Told to nobody: Slack sends `presence_change` over RTM alone. */
    setPresence(id: string, status: 'active' | 'away'): void {
      presence.set(user(id).id, status);
    },
    setStatus(id: string, text: string, emoji = '', expiration = 0): void {
      const status = { status_text: text, status_emoji: emoji, status_expiration: expiration };
      changeProfile(id, status, 'user_status_changed');
    },
    setHuddle(id: string, inside: boolean, expiration = 0): void {
      const state = inside ? 'in_a_huddle' : 'default_unset';
      changeProfile(
        id,
        { huddle_state: state, huddle_state_expiration_ts: expiration },
        'user_huddle_changed',
      );
    },
    changeProfile,
    dndOf: (id: string): Dnd =>
      dnd.get(user(id).id) ?? { dnd_enabled: false, next_dnd_start_ts: 1, next_dnd_end_ts: 1 },
    /** From now for so many seconds; 0 ends it. */
    setDnd(id: string, seconds: number): void {
      const now = Math.floor(Date.now() / 1000);
      const status: Dnd =
        seconds > 0
          ? { dnd_enabled: true, next_dnd_start_ts: now - 1, next_dnd_end_ts: now + seconds }
          : { dnd_enabled: false, next_dnd_start_ts: 1, next_dnd_end_ts: 1 };
      dnd.set(user(id).id, status);
      tell({ type: 'dnd_updated_user', user: id, dnd_status: status, event_ts: newTs() });
    },
  };
}
