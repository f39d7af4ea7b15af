// Reading back what stands in a channel: one message, a stretch of time, or the post that may or may not have arrived.
import type { WebClient } from '@slack/web-api';
import type { Context, Identity } from './context.ts';
import { message as messageShape, type SlackMessage } from './events.ts';
import { microseconds, timestamp } from './ids.ts';
import { backOff, sleep } from './loops.ts';
import { troubleOf } from './trouble.ts';
import { hubMessageOf } from './words.ts';

type Reader = Pick<Context, 'clients' | 'signal' | 'tempo'>;
type Page = { messages?: unknown[]; response_metadata?: { next_cursor?: string } };

const PAGE = 200;
/** Of one reading: 10,000 messages. */
const MOST_PAGES = 50;
/** Of one page: a reading of many is not begun anew because one of them failed. */
const MOST_TRIES = 8;

const parsed = (messages: readonly unknown[] | undefined): SlackMessage[] =>
  (messages ?? []).flatMap(one => messageShape.safeParse(one).data ?? []);

async function* pages(
  { signal, tempo }: Reader,
  read: (cursor: { cursor?: string }) => Promise<unknown>,
): AsyncGenerator<SlackMessage[]> {
  let cursor: string | undefined;
  for (let page = 0, tries = 0; page < MOST_PAGES; ) {
    try {
      const { messages, response_metadata } = (await read(cursor ? { cursor } : {})) as Page;
      yield parsed(messages);
      cursor = response_metadata?.next_cursor;
      if (!cursor) return;
      page++;
      tries = 0;
    } catch (error) {
      const trouble = troubleOf(error);
      const passes = trouble.kind === 'wait' || trouble.kind === 'unsure';
      if (!passes || signal.aborted || ++tries >= MOST_TRIES) throw error;
      await sleep(trouble.kind === 'wait' ? trouble.ms : backOff(tries, tempo.retry), signal);
    }
  }
}

/** The newest first. */
const past = (reader: Reader, channel: string, oldest: string) =>
  pages(reader, cursor =>
    reader.clients.read.conversations.history({
      ...cursor,
      channel,
      oldest,
      limit: PAGE,
      include_all_metadata: true,
    }),
  );

const answers = (reader: Reader, channel: string, ts: string, oldest: string) =>
  pages(reader, cursor =>
    reader.clients.read.conversations.replies({
      ...cursor,
      channel,
      ts,
      oldest,
      limit: PAGE,
      include_all_metadata: true,
    }),
  );

/** Undefined when Slack has no such message. */
export async function fetchMessage(
  client: WebClient,
  channel: string,
  ts: string,
): Promise<SlackMessage | undefined> {
  const range = { channel, oldest: ts, latest: ts, inclusive: true, include_all_metadata: true } as const;
  const { messages } = await client.conversations.history({ ...range, limit: 1 });
  const [found] = parsed(messages);
  if (found?.ts === ts) return found;
  try {
    const thread = await client.conversations.replies({ ...range, ts });
    return parsed(thread.messages).find(message => message.ts === ts);
  } catch (error) {
    if (troubleOf(error).kind === 'refused') return undefined;
    throw error;
  }
}

/**
 * What was said since `known`, and the rest of the page that it is on, for edits of what is older and answers to it; nothing from before
 * `earliest`. The oldest first. Both in microseconds.
 */
export async function readSince(
  reader: Reader,
  channel: string,
  known: number,
  earliest: number,
): Promise<SlackMessage[]> {
  const found = new Map<string, SlackMessage>();
  for await (const page of past(reader, channel, timestamp(earliest))) {
    for (const one of page) found.set(one.ts, one);
    const last = page.at(-1);
    if (!last || microseconds(last.ts) <= known) break;
  }
  for (const { ts, reply_count, latest_reply } of [...found.values()]) {
    if (!reply_count || (latest_reply && microseconds(latest_reply) <= known)) continue;
    const oldest = timestamp(Math.min(known, microseconds(ts)));
    for await (const page of answers(reader, channel, ts, oldest))
      for (const one of page) found.set(one.ts, one);
  }
  return [...found.values()].sort((a, b) => microseconds(a.ts) - microseconds(b.ts));
}

/** The timestamp of the post that carries a hub message; undefined when it did not arrive. */
export async function findPost(
  reader: Reader,
  identity: Identity,
  wanted: { channel: string; message: string; thread: string | undefined; after: number },
): Promise<string | undefined> {
  const { channel, message, thread, after } = wanted;
  const oldest = timestamp(after);
  const source = thread ? answers(reader, channel, thread, oldest) : past(reader, channel, oldest);
  for await (const page of source) {
    const found = page.find(one => hubMessageOf(one, identity) === message);
    if (found) return found.ts;
  }
  return undefined;
}
