// The files of a Slack export, checked, and its people under the ids they get here: the handle, as people know each other by it.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { PlatformRole } from '../../../shared/protocol/models.ts';
import { limits } from '../../../shared/protocol/primitives.ts';
import { spokenShape } from '../../../shared/slack/message-text.ts';
import { CliError } from '../errors.ts';
import { cleanUser, type Findings } from './entry.ts';
import { unreadable } from './lines.ts';

const ts = z.string().regex(/^\d{1,11}(\.\d+)?$/, 'is not a Slack timestamp');

const message = z.object({
  ...spokenShape,
  ts,
  type: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  username: z.string().optional(),
  thread_ts: ts.optional(),
  edited: z.object({ ts }).optional(),
  reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()) })).optional(),
});
export type SlackMessage = z.infer<typeof message>;

const user = z.object({
  id: z.string(),
  name: z.string(),
  is_bot: z.boolean().optional(),
  profile: z.object({ real_name: z.string().optional(), display_name: z.string().optional() }).default({}),
});

const channel = z.object({
  name: z.string(),
  creator: z.string().optional(),
  topic: z.object({ value: z.string() }).optional(),
});

export interface SlackPerson {
  id: string;
  name: string;
  role: PlatformRole;
}

export interface SlackPeople {
  /** Also for an id that users.json does not know. */
  person(slackId: string): SlackPerson;
  author(message: SlackMessage): SlackPerson | undefined;
  /** Our ids of the people whom a text names. */
  mentioned(text: string): string[];
}

export async function readDay(file: string): Promise<SlackMessage[]> {
  return (await read(file, z.array(message))).filter(({ type }) => type === undefined || type === 'message');
}

export async function readPeople(home: string): Promise<SlackPeople> {
  const known = new Map<string, SlackPerson>();
  for (const { id, name, is_bot, profile } of await read(path.join(home, 'users.json'), z.array(user))) {
    const shown = profile.display_name || profile.real_name || name;
    known.set(id, named(name, shown, is_bot ? 'bot' : 'member') ?? { id, name: id, role: 'member' });
  }
  const person = (id: string): SlackPerson => known.get(id) ?? { id, name: id, role: 'member' };
  return {
    person,
    author: ({ user: id, username, bot_id }) => {
      if (id !== undefined && id !== 'USLACKBOT') return person(id);
      const bot = username ?? bot_id ?? (id && 'slackbot');
      return bot === undefined ? undefined : named(bot, bot, 'bot');
    },
    mentioned: text => [
      ...new Set([...text.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)].map(([, id]) => person(id!).id)),
    ],
  };
}

function named(handle: string, shown: string, role: PlatformRole): SlackPerson | undefined {
  const id = cleanUser(handle);
  return id === undefined ? undefined : { id, name: cleanUser(shown) ?? id, role };
}

/** What channels.json or groups.json says of the channel. */
export async function readTopics(home: string, name: string): Promise<NonNullable<Findings['room']>> {
  for (const [file, kind] of [
    ['channels.json', 'public'],
    ['groups.json', 'private'],
  ] as const) {
    const channels = await read(path.join(home, file), z.array(channel), []);
    const found = channels.find(candidate => candidate.name === name);
    if (!found) continue;
    const topic = found.topic?.value.slice(0, limits.topicChars);
    return { title: name, kind, ...(topic && { topic }) };
  }
  // Direct messages and channels the export does not list: nobody else should see them.
  return { title: name, kind: 'private' };
}

async function read<T>(file: string, schema: z.ZodType<T>, missing?: T): Promise<T> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (missing !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return missing;
    throw unreadable(file, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CliError(`${file} is not JSON.`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CliError(`${file} is not as Slack writes it: ${issue?.path.join('.')}: ${issue?.message}`);
}
