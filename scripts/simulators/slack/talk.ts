// What is said in channels: posting, editing, deleting and reacting, by people and by the app, with Slack's refusals and events.
import { type Channel, type Event, type File, type Message, Refusal } from './shapes.ts';
import { APP, BOT, BOT_USER, TEAM, type Workspace } from './workspace.ts';

export type Talk = ReturnType<typeof createTalk>;

export interface Saying {
  readonly text: string;
  readonly thread_ts?: string | undefined;
  readonly files?: File[];
  /** Of the app alone. */
  readonly username?: string | undefined;
  readonly metadata?: NonNullable<Message['metadata']> | undefined;
  /** Another bot than the app. */
  readonly bot?: string;
}

/** Slack cuts or refuses what is longer. */
const MAX_TEXT = 40_000;

export function createTalk(workspace: Workspace, tell: (event: Event) => void) {
  const { channel, newTs } = workspace;

  /** Events come from channels that the app is in. */
  function announce({ id, members }: Channel, event: Record<string, unknown> & { type: string }): void {
    if (!members.has(BOT_USER)) return;
    tell({ channel: id, channel_type: 'channel', event_ts: newTs(), ...event });
  }

  function find(place: Channel, ts: string): Message {
    const found = place.messages.findLast(message => message.ts === ts);
    if (!found) throw new Refusal('message_not_found');
    return found;
  }

  function open(id: string, by: string): Channel {
    const place = channel(id);
    if (place.is_archived) throw new Refusal('is_archived');
    if (by === BOT_USER && !place.members.has(by)) throw new Refusal('not_in_channel');
    return place;
  }

  /** Without what an event does not carry. */
  const shown = ({ metadata: _, ...message }: Message) => structuredClone(message);

  return {
    find,
    post(id: string, by: string, saying: Saying): Message {
      const place = open(id, by);
      const { text, thread_ts, files, username, metadata, bot } = saying;
      if (!text.trim() && !files) throw new Refusal('no_text');
      if (text.length > MAX_TEXT) throw new Refusal('msg_too_long');
      const parent = thread_ts ? place.messages.findLast(({ ts }) => ts === thread_ts) : undefined;
      if (thread_ts && !parent) throw new Refusal('thread_not_found');
      const ts = newTs();
      const author = bot
        ? { subtype: 'bot_message', bot_id: bot, username: username ?? bot }
        : by !== BOT_USER
          ? { user: by }
          : username
            ? { subtype: 'bot_message', bot_id: BOT, app_id: APP, username }
            : { user: by, bot_id: BOT, app_id: APP };
      const message: Message = {
        type: 'message',
        ts,
        ...author,
        text,
        ...(parent && { thread_ts: parent.ts }),
        ...(files && { files }),
        ...(metadata && { metadata }),
      };
      place.messages.push(message);
      if (parent) {
        parent.thread_ts = parent.ts;
        parent.reply_count = (parent.reply_count ?? 0) + 1;
        parent.latest_reply = ts;
      }
      announce(place, {
        ...shown(message),
        ...(files && { subtype: 'file_share' }),
        team: TEAM,
        event_ts: ts,
      });
      return message;
    },
    edit(id: string, by: string, ts: string, text: string): Message {
      const place = open(id, by);
      const message = find(place, ts);
      if (by === BOT_USER ? message.app_id !== APP : message.user !== by)
        throw new Refusal('cant_update_message');
      if (text.length > MAX_TEXT) throw new Refusal('msg_too_long');
      const previous_message = shown(message);
      message.text = text;
      message.edited = { user: by, ts: newTs() };
      const subtype = 'message_changed';
      announce(place, {
        type: 'message',
        subtype,
        hidden: true,
        ts: message.edited.ts,
        message: shown(message),
        previous_message,
      });
      return message;
    },
    remove(id: string, by: string, ts: string): void {
      const place = open(id, by);
      const message = find(place, ts);
      if (by === BOT_USER && message.app_id !== APP) throw new Refusal('cant_delete_message');
      const previous_message = shown(message);
      const common = { type: 'message', hidden: true, ts: newTs(), previous_message };
      if (message.reply_count) {
        // The head of a thread leaves a stone behind, so that the answers keep their place.
        Object.assign(message, {
          subtype: 'tombstone',
          user: 'USLACKBOT',
          text: 'This message was deleted.',
        });
        announce(place, { ...common, subtype: 'message_changed', message: shown(message) });
        return;
      }
      place.messages.splice(place.messages.indexOf(message), 1);
      announce(place, { ...common, subtype: 'message_deleted', deleted_ts: ts });
    },
    react(id: string, by: string, ts: string, name: string, on: boolean): void {
      const place = open(id, by);
      if (!/^[a-z0-9_'+-]+(::skin-tone-[2-6])?$/.test(name)) throw new Refusal('invalid_name');
      const message = find(place, ts);
      const reactions = message.reactions ?? [];
      const reaction = reactions.find(one => one.name === name) ?? { name, users: [], count: 0 };
      const has = reaction.users.includes(by);
      if (on === has) throw new Refusal(on ? 'already_reacted' : 'no_reaction');
      reaction.users = on ? [...reaction.users, by] : reaction.users.filter(user => user !== by);
      reaction.count = reaction.users.length;
      message.reactions = [...reactions.filter(one => one !== reaction), reaction].filter(
        one => one.count > 0,
      );
      announce(place, {
        type: on ? 'reaction_added' : 'reaction_removed',
        user: by,
        reaction: name,
        item_user: message.user,
        item: { type: 'message', channel: id, ts },
      });
    },
  };
}
