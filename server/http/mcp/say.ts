// What a program says through a tool. It counts as an answer, so that programs that answer each other come to an end (attack 27).
import { randomUUID } from 'node:crypto';
import { hopsOf, MAX_HOPS } from '#shared/hops.ts';
import type { CallData } from '#shared/protocol/calls.ts';
import type { Message } from '#shared/protocol/models.ts';
import { forbidden, notFound } from '../../hub/errors.ts';
import type { Ask } from './ask.ts';

export interface Words {
  readonly room: string;
  readonly text: string;
  /** The place of the message that it replies to. */
  readonly replyTo?: number | undefined;
  /** Names it for ever; the same again is the same message. */
  readonly id?: string | undefined;
}

/** Says it as `by`. @throws HubError, `forbidden` when programs have answered each other often enough */
export async function say(
  ask: Ask,
  by: string,
  { room, text, replyTo, id = randomUUID() }: Words,
): Promise<CallData<'message:send'>> {
  const above = replyTo === undefined ? undefined : await messageAt(ask, room, replyTo);
  const last =
    (above && (await newest(ask, room, above.root ?? above.id))) ?? above ?? (await newest(ask, room));
  // Who goes on speaking answers whatever they did before.
  const hops = Math.max(1, hopsOf(last?.meta) + (last?.by === by ? 0 : 1));
  if (hops > MAX_HOPS)
    throw forbidden(`Programs have answered each other ${MAX_HOPS} times here; now a person has to speak.`);
  const reply = above && { replyTo: above.id };
  return ask('message:send', { room, id, text, ...reply, meta: { by: 'mcp', hops } });
}

async function messageAt(ask: Ask, room: string, seq: number): Promise<Message> {
  const { messages } = await ask('messages:read', { room, around: seq, limit: 1 });
  const found = messages.find(message => message.seq === seq);
  if (!found) throw notFound(`There is no message ${seq} in this room.`);
  return found;
}

/** Of the room, or of the thread below a message. */
async function newest(ask: Ask, room: string, thread?: string): Promise<Message | undefined> {
  const { messages } = await ask('messages:read', { room, limit: 1, ...(thread && { thread }) });
  return messages[0];
}
