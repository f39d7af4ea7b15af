// A Slack export (the unpacked folder) as entries: one channel of it, with people's names, threads, reactions, edits, joins and parts.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { emojiOf } from '../../../shared/slack/emoji.ts';
import { slackText } from '../../../shared/slack/message-text.ts';
import { CliError } from '../errors.ts';
import { cleanText, type Entry, type Findings, meet, type Source, skip, stableId } from './entry.ts';
import { readDay, readPeople, readTopics, type SlackMessage, type SlackPeople } from './slack-files.ts';

export interface SlackOptions {
  room: string;
  /** Which channel of the export; needed only where there are several. */
  channel?: string | undefined;
}

/** @throws CliError when the folder is no export or has no such channel */
export function slackSource(folder: string, { room, channel }: SlackOptions): Source {
  return async function* (findings) {
    const { home, name } = await findChannel(folder, channel);
    const people = await readPeople(home);
    findings.room ??= await readTopics(home, name);
    const days = (await readdir(path.join(home, name))).filter(file => /^\d{4}-\d\d-\d\d\.json$/.test(file));
    const known = new Set<string>();
    const context = {
      room,
      people,
      findings,
      known,
      idOf: (ts: string) => stableId('slack', room, name, ts),
    };
    for (const day of days.sort()) {
      const messages = await readDay(path.join(home, name, day));
      messages.sort((a, b) => Number(a.ts) - Number(b.ts));
      for (const message of messages) yield* entries(message, context);
    }
  };
}

/** `folder` is the export itself or one channel's folder in it. */
async function findChannel(
  folder: string,
  wanted: string | undefined,
): Promise<{ home: string; name: string }> {
  if (/\.zip$/i.test(folder)) throw new CliError(`Unpack ${folder} first and name the folder.`);
  const list = async (dir: string) =>
    readdir(dir, { withFileTypes: true }).catch(() => {
      throw new CliError(`${folder} is not a folder. Name the unpacked Slack export.`);
    });
  const inside = await list(folder);
  if (!inside.some(entry => entry.name === 'users.json')) {
    const full = path.resolve(folder);
    const above = await list(path.dirname(full));
    if (above.some(entry => entry.name === 'users.json'))
      return { home: path.dirname(full), name: path.basename(full) };
    throw new CliError(`${folder} is not a Slack export: it has no users.json.`);
  }
  const channels = inside
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
  const name = wanted ?? (channels.length === 1 ? channels[0] : undefined);
  if (name !== undefined && channels.includes(name)) return { home: folder, name };
  const some = `${channels.slice(0, 10).join(', ')}${channels.length > 10 ? ', …' : ''}` || 'none';
  throw new CliError(
    wanted === undefined
      ? `The export has several channels: name one with --channel. There are ${some}.`
      : `The export has no channel "${wanted}". There are ${some}.`,
  );
}

interface Context {
  people: SlackPeople;
  findings: Findings;
  /** `ts` of the messages that were imported, which others may answer. */
  known: Set<string>;
  idOf(ts: string): string;
}

const CAME = /^(?:channel|group)_join$/;
const WENT = /^(?:channel|group)_leave$/;
const SPEECH = new Set([
  undefined,
  'bot_message',
  'me_message',
  'thread_broadcast',
  'file_share',
  'file_comment',
]);

function* entries(message: SlackMessage, context: Context): Generator<Entry> {
  const { people, findings, idOf } = context;
  const author = people.author(message);
  if (author === undefined) return skip(findings, 'no author');
  const { id: by, name, role } = author;
  const common = { id: idOf(message.ts), at: time(message.ts), by };
  const { subtype } = message;
  if (CAME.test(subtype ?? '')) {
    meet(findings, by, name, role);
    yield { ...common, type: 'member.joined', data: { user: by, name, role: 'member' } };
  } else if (WENT.test(subtype ?? '')) {
    meet(findings, by, name, role);
    yield { ...common, type: 'member.left', data: { user: by } };
  } else if (SPEECH.has(subtype)) {
    const cleaned = cleanText(slackText(message, { person: id => people.person(id).id }));
    if ('reason' in cleaned) return skip(findings, cleaned.reason);
    meet(findings, by, name, role);
    yield* speech(message, { ...common, text: cleaned.text }, context);
  } else {
    skip(findings, `Slack's ${subtype}`);
  }
}

function* speech(
  message: SlackMessage,
  { text, ...common }: { id: string; at: string; by: string; text: string },
  { people, findings, known, idOf }: Context,
): Generator<Entry> {
  const root =
    message.thread_ts !== undefined && message.thread_ts !== message.ts ? message.thread_ts : undefined;
  const mentions = people.mentioned(message.text);
  yield {
    ...common,
    type: 'message.created',
    data: {
      text,
      ...(root !== undefined && known.has(root) && { replyTo: idOf(root) }),
      ...(mentions.length > 0 && { mentions }),
    },
  };
  known.add(message.ts);
  const about = (kind: string, ...more: string[]) => stableId(common.id, kind, ...more);
  if (message.edited) {
    const data = { target: common.id, text, ...(mentions.length > 0 && { mentions }) };
    yield { id: about('edit'), at: time(message.edited.ts), by: common.by, type: 'message.edited', data };
  }
  for (const { name: emoji, users } of message.reactions ?? []) {
    for (const user of users) {
      const by = people.person(user);
      meet(findings, by.id, by.name, by.role);
      const id = about('reaction', emoji, user);
      yield {
        id,
        at: common.at,
        by: by.id,
        type: 'reaction.added',
        data: { target: common.id, emoji: emojiOf(emoji) },
      };
    }
  }
}

const time = (ts: string): string => new Date(Math.floor(Number(ts) * 1000)).toISOString();
