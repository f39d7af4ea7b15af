// What a Slack message says, as a text of ours: its words, the files on it as links, and who spoke.
import { byteLength, limits } from '#shared/protocol/primitives.ts';
import { slackText } from '#shared/slack/message-text.ts';
import type { Speaker } from '../../hub/ports-integrations.ts';
import type { Identity } from './context.ts';
import type { SlackMessage } from './events.ts';
import type { People } from './people.ts';

/** The marks by which a message of ours is found again. */
export const METADATA = 'first_court_message';

const SPEECH = new Set([undefined, 'bot_message', 'me_message', 'thread_broadcast', 'file_share']);
const CUT = '\n\n*(The rest is in Slack.)*';

/** False for joins, topics and the like. */
export const isSpeech = ({ subtype }: SlackMessage): boolean => SPEECH.has(subtype);

/** Posted by this app. */
export const isOwn = ({ bot_id, user }: SlackMessage, identity: Identity): boolean =>
  bot_id === identity.bot || user === identity.user;

/** The hub message that one of our posts carries; only our own word for it counts. */
export function hubMessageOf(message: SlackMessage, identity: Identity): string | undefined {
  const { metadata } = message;
  if (!isOwn(message, identity) || metadata?.event_type !== METADATA) return undefined;
  const { id } = metadata.event_payload;
  return typeof id === 'string' ? id : undefined;
}

export async function speakerOf(message: SlackMessage, people: People): Promise<Speaker | undefined> {
  const { user, bot_id, username } = message;
  if (user && !bot_id) return { id: user, name: await people.nameOf(user) };
  if (bot_id) return { id: bot_id, name: username || (user ? await people.nameOf(user) : bot_id), bot: true };
  return undefined;
}

export async function textOf(message: SlackMessage, people: People): Promise<string> {
  const ids = [...message.text.matchAll(/<@([UW]\w+)/g)].map(([, id]) => id as string);
  for (const id of new Set(ids)) await people.nameOf(id);
  await people.freshen({ slack: ids });
  const names = { person: (id: string) => people.userOf(id) ?? dotted(people.known(id)) };
  return cut(slackText(message, names));
}

/** A display name as it may be mentioned: in one word. */
export const dotted = (name: string): string => name.trim().replace(/\s+/g, '.');

/** To what a message here may hold. */
function cut(text: string): string {
  if (byteLength(text) <= limits.textBytes) return text;
  const room = limits.textBytes - CUT.length;
  // Half a character at the end becomes a mark of its own, which is taken off.
  const kept = new TextDecoder()
    .decode(new TextEncoder().encode(text).subarray(0, room))
    .replace(/\uFFFD$/, '');
  return kept + CUT;
}
