// What a Web API method is: the token and scope it takes, its tier, and what it does. The table of all of them.
import type { Tier, Token } from './gate.ts';
import { channelMethods } from './methods-channels.ts';
import { peopleMethods } from './methods-people.ts';
import { Refusal } from './shapes.ts';
import type { Talk } from './talk.ts';
import type { Workspace } from './workspace.ts';

export type Args = Readonly<Record<string, string>>;

/** A message that only one person sees. */
export interface Whisper {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
}

export interface Context {
  readonly url: string;
  readonly workspace: Workspace;
  readonly talk: Talk;
  readonly token: Token;
  readonly whispers: Whisper[];
  newSocketUrl(): string;
}

export interface Method {
  /** Missing: the bot's. */
  readonly token?: Token['kind'];
  readonly scope?: string;
  readonly tier: Tier;
  /** @throws Refusal */
  run(args: Args, context: Context): object;
}

export const methods = (): ReadonlyMap<string, Method> =>
  new Map(Object.entries({ ...peopleMethods, ...channelMethods }));

export const truth = (word: string | undefined): boolean => word === 'true' || word === '1';

/** Slack's cursors are opaque to whoever gets them. */
export function page<T>(items: T[], { cursor, limit }: Args) {
  const start = cursor ? Number(Buffer.from(cursor, 'base64url').toString()) : 0;
  if (!Number.isInteger(start)) throw new Refusal('invalid_cursor');
  const end = start + Math.min(1000, Math.max(1, Number(limit) || 100));
  const next_cursor = end < items.length ? Buffer.from(String(end)).toString('base64url') : '';
  return { items: items.slice(start, end), response_metadata: { next_cursor } };
}
