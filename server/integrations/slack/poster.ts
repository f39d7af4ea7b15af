// One entry of a room's log as a deed at Slack: posted, changed, deleted or reacted, at most one a second in each channel.
import type { EventOf, LogEvent } from '#shared/protocol/events.ts';
import { slackNameOf } from '#shared/slack/emoji.ts';
import { markdownToSlack } from '#shared/slack/markup.ts';
import type { Context, Identity } from './context.ts';
import { findPost } from './history.ts';
import { isSlackUuid } from './ids.ts';
import type { Bridge } from './inbound.ts';
import { roomLink } from './links.ts';
import { sleep } from './loops.ts';
import type { People } from './people.ts';
import { troubleOf } from './trouble.ts';
import { dotted, METADATA } from './words.ts';

type Names = Readonly<Record<string, string>>;

/** Slack cuts at 40,000 characters; people read less. */
const MOST = 12_000;
/** How far Slack's clock may be behind ours, in ms. */
const CLOCK = 600_000;
/** How far back it is looked for who else reacted. */
const BACK = 2000;

export function createPoster(
  context: Context,
  identity: Identity,
  people: People,
  { channel, room }: Bridge,
) {
  const { court, clients, options, signal, tempo } = context;
  const { chat, reactions } = clients.post;
  let free = 0;
  /** The message that may have been posted, by this process or by one that died before it could say so. */
  let unsure: string | 'any' | undefined = 'any';
  /** Without the scope to speak under people's names, they stand before the text. */
  let named = true;

  /** Takes a turn, then does it. */
  async function paced<T>(deed: () => Promise<T>): Promise<T> {
    await sleep(free - Date.now(), signal);
    free = Date.now() + tempo.post;
    return deed();
  }

  function textOf(text: string, mentions: readonly string[] = []): string {
    const known = new Map<string, string>();
    for (const user of mentions) {
      const id = people.slackIdOf(user);
      if (id === undefined) continue;
      known.set(user.toLowerCase(), id);
      known.set(dotted(people.known(id)).toLowerCase(), id);
    }
    const whole = markdownToSlack(text, { slackId: name => known.get(name.toLowerCase()) });
    if (whole.length <= MOST) return whole;
    // Cut before it is marked up: half a link or entity would show.
    let kept = text.slice(0, MOST / 2);
    if (!kept.isWellFormed()) kept = kept.slice(0, -1);
    const link = roomLink(options.publicUrl, room, 'Read the rest');
    return `${markdownToSlack(kept, { slackId: () => undefined })}…\n_${link}_`;
  }

  async function post(event: EventOf<'message.created'>, names: Names): Promise<boolean> {
    const { text, root, replyTo, mentions, meta, redacted } = event.data;
    if (redacted) return false;
    const first = root ?? replyTo;
    const thread = first ? await court.remoteOf(channel, first) : undefined;
    if (unsure === 'any' || unsure === event.id) {
      const there = (await court.remoteOf(channel, event.id)) ?? (await find(event, thread));
      if (there !== undefined) {
        await court.pair(channel, event.id, there);
        return true;
      }
    }
    const title = meta?.announcement === true ? '📣 *Announcement*\n' : '';
    await people.freshen({ hub: mentions ?? [] });
    unsure = event.id;
    try {
      const { ts } = await paced(() =>
        chat.postMessage({
          channel,
          text: title + compose(event.by, names, text, mentions),
          ...(named && { username: nameOf(event.by, names).slice(0, 80) }),
          ...(thread && { thread_ts: thread }),
          metadata: { event_type: METADATA, event_payload: { id: event.id, room, seq: event.seq } },
          unfurl_links: false,
          unfurl_media: false,
        }),
      );
      if (ts) await court.pair(channel, event.id, ts);
      return true;
    } catch (error) {
      const trouble = troubleOf(error);
      // An answer is an answer: it was not posted.
      if (trouble.kind !== 'unsure' && trouble.kind !== 'hub') unsure = undefined;
      if (trouble.kind !== 'scope' || trouble.needed !== 'chat:write.customize' || !named) throw error;
      named = false;
      return post(event, names);
    }
  }

  const nameOf = (user: string, names: Names) => names[user] ?? user;
  const compose = (by: string, names: Names, text: string, mentions?: readonly string[]) =>
    (named ? '' : `*${markdownToSlack(nameOf(by, names), { slackId: () => undefined })}*\n`) +
    textOf(text, mentions);

  function find({ id, at }: LogEvent, thread: string | undefined): Promise<string | undefined> {
    const after = (Date.parse(at) - CLOCK) * 1000;
    return findPost(context, identity, { channel, message: id, thread, after });
  }

  /** Slack shows one reaction of the app, for all of ours who gave it: it goes with the last of them. */
  async function others(event: EventOf<'reaction.removed'>): Promise<boolean> {
    const { target, emoji } = event.data;
    const holders = new Set<string>();
    for (let after = Math.max(0, event.seq - BACK); after < event.seq; ) {
      const { events } = await court.read(room, after, 500);
      for (const { seq, id, type, by, data } of events) {
        after = seq;
        if (seq >= event.seq || !type.startsWith('reaction.') || isSlackUuid(id)) continue;
        const said = data as { target: string; emoji: string };
        if (said.target !== target || said.emoji !== emoji) continue;
        if (type === 'reaction.added') holders.add(by);
        else holders.delete(by);
      }
      if (events.length === 0) break;
    }
    holders.delete(event.by);
    return holders.size > 0;
  }

  async function react(event: EventOf<'reaction.added' | 'reaction.removed'>): Promise<boolean> {
    const timestamp = await court.remoteOf(channel, event.data.target);
    const name = slackNameOf(event.data.emoji);
    if (!timestamp || !name) return false;
    if (event.type === 'reaction.added') {
      await unless('already_reacted', () => paced(() => reactions.add({ channel, timestamp, name })));
    } else {
      if (await others(event as EventOf<'reaction.removed'>)) return false;
      await unless('no_reaction', () => paced(() => reactions.remove({ channel, timestamp, name })));
    }
    return true;
  }

  return {
    /** False when there is nothing to do at Slack. @throws what Slack or the database said instead of doing it */
    async send(event: LogEvent, names: Names): Promise<boolean> {
      if (isSlackUuid(event.id)) return false;
      switch (event.type) {
        case 'message.created':
          return post(event, names);
        case 'summary.posted':
          if ('redacted' in event.data) return false;
          return post({ ...event, type: 'message.created', data: { text: event.data.text } }, names);
        case 'message.edited': {
          const { target, text, mentions, redacted } = event.data;
          const ts = redacted ? undefined : await court.remoteOf(channel, target);
          if (!ts) return false;
          await people.freshen({ hub: mentions ?? [] });
          await paced(() => chat.update({ channel, ts, text: compose(event.by, names, text, mentions) }));
          return true;
        }
        case 'message.deleted': {
          const ts = await court.remoteOf(channel, event.data.target);
          if (!ts) return false;
          await paced(() => chat.delete({ channel, ts }));
          return true;
        }
        case 'reaction.added':
        case 'reaction.removed':
          return react(event);
        default:
          return false;
      }
    },
  };
}

/** What is so already needs no doing: two of ours gave the same emoji, or an answer was lost and the deed is repeated. */
async function unless(already: string, deed: () => Promise<unknown>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble.kind !== 'refused' || trouble.code !== already) throw error;
  }
}
