// The tools that programs have at the hub. Each is a call or two of the protocol, made as the caller: none can do more than the caller could.
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { summaryStyle } from '#shared/protocol/summaries.ts';
import { HubError } from '../../hub/errors.ts';
import type { Ask } from './ask.ts';
import { recap } from './recap.ts';
import { say } from './say.ts';
import { answer, refusal, short } from './words.ts';

const room = z.string().max(80).describe('id of a room, as list_rooms gives it');
const place = z.int().min(0);
const READS = { readOnlyHint: true, openWorldHint: false } as const;

/** A refusal is an answer; anything else is for whoever wrote this. */
async function told(work: Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof HubError) return refusal(error);
    throw error;
  }
}

/** @param caller the id of whom the token speaks for */
export function addTools(server: McpServer, ask: Ask, caller: string, gone: AbortSignal): void {
  const names = async (users: readonly string[]) => {
    const distinct = [...new Set(users)];
    if (distinct.length === 0) return {};
    const { users: known } = await ask('user:get', { users: distinct });
    return Object.fromEntries(known.map(({ id, name }) => [id, name]));
  };

  server.registerTool(
    'list_rooms',
    {
      title: 'List rooms',
      description: 'The rooms you are in, with how much is unread; or public ones that one may join.',
      inputSchema: {
        scope: z.enum(['mine', 'public']).default('mine'),
        cursor: z.string().optional().describe('of the answer before'),
      },
      annotations: READS,
    },
    input => told(ask('room:list', input).then(page => answer(page, true))),
  );

  server.registerTool(
    'read_messages',
    {
      title: 'Read messages',
      description:
        'Messages of a room in order, the newest page if no place is named. `people` has the names of those who wrote.',
      inputSchema: {
        room,
        before: place.optional().describe('only those before this seq'),
        after: place.optional().describe('only those after this seq'),
        around: place.optional().describe('those before and after this seq'),
        thread: z.string().optional().describe('id of a message: only the replies below it'),
        limit: z.int().min(1).max(100).default(30),
      },
      annotations: READS,
    },
    input =>
      told(
        ask('messages:read', input).then(async ({ messages, head }) =>
          answer(
            { messages: messages.map(short), head, people: await names(messages.map(({ by }) => by)) },
            true,
          ),
        ),
      ),
  );

  server.registerTool(
    'search_messages',
    {
      title: 'Search messages',
      description:
        'Messages of all your rooms, or of one. In the query: "a phrase", -without, from:ada, in:lobby, before:2026-05-01, has:link.',
      inputSchema: {
        query: z.string().max(1000),
        room: room.optional(),
        mode: z.enum(['keyword', 'semantic', 'hybrid']).default('keyword'),
        limit: z.int().min(1).max(50).default(20),
        cursor: z.string().max(1000).optional().describe('of the answer before'),
      },
      annotations: READS,
    },
    input =>
      told(
        ask('search', input).then(async ({ hits, ...rest }) => {
          const found = hits.map(({ message, score }) => ({ room: message.room, score, ...short(message) }));
          return answer({ ...rest, hits: found, people: await names(found.map(({ by }) => by)) }, true);
        }),
      ),
  );

  server.registerTool(
    'recap_room',
    {
      title: 'Recap a room',
      description:
        'What was said in a room, each point with the messages that it rests on. May take a minute.',
      inputSchema: {
        room,
        range: z.enum(['unread', 'day', 'week']).default('unread'),
        style: summaryStyle.default('brief'),
        question: z.string().max(500).optional().describe('what you want to know of it'),
      },
      annotations: READS,
    },
    input =>
      told(
        recap(ask, input, gone).then(({ text, claims, citations, from, upTo, note }) =>
          answer({ text, claims, citations, from, upTo, ...(note && { note }) }, true),
        ),
      ),
  );

  server.registerTool(
    'send_message',
    {
      title: 'Send a message',
      description: 'Says something in a room, as you. Markdown; `@name` tells somebody of it.',
      inputSchema: {
        room,
        text: z.string().min(1),
        replyTo: place.optional().describe('seq of the message that this answers'),
        id: z.string().optional().describe('a UUID of your own: the same again is not said again'),
      },
      annotations: {
        readOnlyHint: false,
        destructiveHint: false,
        idempotentHint: false,
        openWorldHint: false,
      },
    },
    input => told(say(ask, caller, input).then(({ id, seq, at }) => answer({ id, seq, at }, false))),
  );

  server.registerTool(
    'who_is_there',
    {
      title: 'Who is there',
      description: 'Who of a room is here, away, busy or not to be disturbed, and what they say of it.',
      inputSchema: { room },
      annotations: READS,
    },
    input =>
      told(
        ask('presence:get', input).then(async ({ presence }) =>
          answer({ presence, people: await names(presence.slice(0, 200).map(({ user }) => user)) }, true),
        ),
      ),
  );
}
