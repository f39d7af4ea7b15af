// From one Slack channel into its room, in Slack's order. Whatever comes twice, late or in the wrong order leaves the room as the channel is: ids
// are derived from Slack's, what is older than what is known is left out, and what an event is about is fetched when it has not come yet.
import { emojiOf } from '#shared/slack/emoji.ts';
import { HubError } from '../../hub/errors.ts';
import type { Speaker, Words } from '../../hub/ports-integrations.ts';
import type { Context, Identity } from './context.ts';
import type { Changed, Deleted, Reacted, Said, SlackMessage } from './events.ts';
import { fetchMessage } from './history.ts';
import { microseconds, slackUuid } from './ids.ts';
import type { People } from './people.ts';
import { createSeen } from './seen.ts';
import { hubMessageOf, isOwn, isSpeech, speakerOf, textOf } from './words.ts';

export interface Bridge {
  readonly channel: string;
  readonly room: string;
  /** What is older, in microseconds, was there before the link and stays where it is. */
  readonly since: number;
}

export type Inbound = ReturnType<typeof createInbound>;

/** How much is remembered of each channel, against what overtakes. */
const MEMORY = 5000;

export function createInbound(
  context: Context,
  identity: Identity,
  people: People,
  { channel, room, since }: Bridge,
) {
  const { court, log, clients, standing } = context;
  /** The newest word on an edit or a reaction, by Slack's timestamps. */
  const newest = createSeen<string>(MEMORY);
  const gone = createSeen(MEMORY);
  const idOf = (...parts: string[]) => slackUuid(identity.team, channel, ...parts);

  /** False when there is newer word already. */
  function isNews(about: string, ts: string): boolean {
    const known = newest.get(about);
    if (known !== undefined && microseconds(known) >= microseconds(ts)) return false;
    newest.set(about, ts);
    return true;
  }

  /** False when the hub refuses it for good. */
  async function speak(speaker: Speaker, id: string, words: Words): Promise<boolean> {
    try {
      await court.speak(room, speaker, id, words);
      standing.report(`room ${room}`, null);
      return true;
    } catch (error) {
      if (!(error instanceof HubError) || ['unavailable', 'rate_limited'].includes(error.code)) throw error;
      const { code, message } = error;
      // Said before with other words, edited since, or deleted.
      if (code === 'conflict' || code === 'not_found') {
        log.debug({ vendor: 'slack', channel, room, code, id }, message);
        return code === 'conflict';
      }
      log.warn({ vendor: 'slack', channel, room, code, speaker: speaker.id }, `not taken over: ${message}`);
      if (code === 'forbidden') {
        const reason = `Channel ${channel} cannot speak in room ${room}: ${message}`;
        standing.report(`room ${room}`, { state: 'degraded', reason });
      }
      return false;
    }
  }

  async function say(message: SlackMessage): Promise<void> {
    const { ts, thread_ts } = message;
    if (microseconds(ts) < since || gone.get(ts) || !isSpeech(message) || isOwn(message, identity)) return;
    const speaker = await speakerOf(message, people);
    const text = await textOf(message, people);
    if (!speaker || !text.trim()) return;
    const replyTo = thread_ts && thread_ts !== ts ? await ensure(thread_ts) : undefined;
    const id = idOf(ts);
    const words = {
      type: 'message.created',
      text,
      ...(replyTo && { replyTo }),
      meta: { slack: { channel, ts } },
    } as const;
    if (await speak(speaker, id, words)) await court.pair(channel, id, ts);
  }

  /** The hub message for a Slack one, which is fetched when it has not come yet; undefined when there is none. */
  async function ensure(ts: string): Promise<string | undefined> {
    const known = await court.messageOf(channel, ts);
    if (known !== undefined || microseconds(ts) < since) return known;
    const message = await fetchMessage(clients.read, channel, ts);
    if (!message) return undefined;
    const ours = hubMessageOf(message, identity);
    if (ours !== undefined) {
      await court.pair(channel, ours, ts);
      return ours;
    }
    await say(message);
    return court.messageOf(channel, ts);
  }

  async function edit(message: SlackMessage, at: string): Promise<void> {
    const { ts } = message;
    if (isOwn(message, identity) || microseconds(ts) < since || !isNews(`edit ${ts}`, at)) return;
    const speaker = await speakerOf(message, people);
    const text = await textOf(message, people);
    if (!speaker || !text.trim()) return;
    const target = (await court.messageOf(channel, ts)) ?? (await sayFirst(message));
    if (target) await speak(speaker, idOf(ts, 'edit', at), { type: 'message.edited', target, text });
  }

  /** An edit that came before what it edits: the message as it is now. */
  async function sayFirst(message: SlackMessage): Promise<string | undefined> {
    await say(message);
    return court.messageOf(channel, message.ts);
  }

  async function remove(ts: string, previous: SlackMessage | undefined): Promise<void> {
    gone.set(ts, true);
    const target = await court.messageOf(channel, ts);
    const speaker = previous && (await speakerOf(previous, people));
    // Deleted at Slack, a message from here is gone there alone: who did it is not told.
    if (!target || !speaker || isOwn(previous, identity)) return;
    await speak(speaker, idOf(ts, 'delete'), { type: 'message.deleted', target });
  }

  return {
    say,
    edit,
    async changed({ message, previous_message, event_ts }: Changed): Promise<void> {
      if (message.subtype === 'tombstone') return remove(message.ts, previous_message);
      // Slack also calls it a change when it adds a preview or counts an answer.
      if (previous_message && previous_message.text === message.text && !message.edited) return;
      if (previous_message?.text === message.text && previous_message.edited?.ts === message.edited?.ts)
        return;
      await edit(message, message.edited?.ts ?? event_ts);
    },
    deleted: ({ deleted_ts, previous_message }: Deleted): Promise<void> =>
      remove(deleted_ts, previous_message),
    said: (message: Said): Promise<void> => say(message),
    async reacted({ type, user, reaction, item, event_ts }: Reacted): Promise<void> {
      if (user === identity.user || !isNews(`${item.ts} ${reaction} ${user}`, event_ts)) return;
      const target = await ensure(item.ts);
      if (!target) return;
      const id = idOf(item.ts, type, reaction, user, event_ts);
      const words = {
        type: type === 'reaction_added' ? 'reaction.added' : 'reaction.removed',
        target,
        emoji: emojiOf(reaction),
      } as const;
      await speak({ id: user, name: await people.nameOf(user) }, id, words);
    },
    /** The reactions on a message that was missed, as they are now. */
    async reactions({ ts, reactions = [] }: SlackMessage): Promise<void> {
      const target = reactions.length > 0 ? await court.messageOf(channel, ts) : undefined;
      if (!target) return;
      for (const { name, users } of reactions) {
        for (const user of users) {
          if (user === identity.user) continue;
          const words = { type: 'reaction.added', target, emoji: emojiOf(name) } as const;
          await speak({ id: user, name: await people.nameOf(user) }, idOf(ts, 'caught', name, user), words);
        }
      }
    },
  };
}
