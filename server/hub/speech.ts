// How a vendor's person speaks in a room: as the user linked to them, else as a guest of their name, who is made a member.
import { hopsOf, MAX_HOPS } from '#shared/hops.ts';
import { calls, type ParsedInput } from '#shared/protocol/calls.ts';
import { limits } from '#shared/protocol/primitives.ts';
import { forbidden, HubError } from './errors.ts';
import { parseInput } from './input.ts';
import type { MessageHub } from './messages.ts';
import type { Actor } from './ports.ts';
import type { IntegrationStore } from './ports-court.ts';
import type { Court, Speaker, Vendor, Words } from './ports-integrations.ts';

export function createSpeech(
  vendor: Vendor,
  { store, messages }: { store: Pick<IntegrationStore, 'speaker' | 'join'>; messages: MessageHub },
): Court['speak'] {
  const write = (actor: Actor, room: string, id: string, words: Words, meta: object) => {
    switch (words.type) {
      case 'message.created': {
        const { text, replyTo } = words;
        const input = parse('message:send', { room, id, text, ...(replyTo && { replyTo }), meta });
        return messages.send(actor, input);
      }
      case 'message.edited': {
        const { target, text } = words;
        return messages.edit(actor, parse('message:edit', { room, id, target, text }));
      }
      case 'message.deleted':
        return messages.delete(actor, parse('message:delete', { room, id, target: words.target }));
      default: {
        const { target, emoji, type } = words;
        const on = type === 'reaction.added';
        return messages.react(actor, parse('message:react', { room, id, target, emoji, on }));
      }
    }
  };

  return async (room, speaker, id, words) => {
    const meta = metaOf(vendor, speaker, words);
    const guest = guestOf(vendor, speaker);
    const { user, linked } = await store.speaker(vendor, speaker.id, guest);
    const say = async (actor: Actor) => {
      const written: { seq: number; duplicate?: true | undefined } = await write(
        actor,
        room,
        id,
        words,
        meta,
      );
      return { seq: written.seq, ...(written.duplicate && { duplicate: written.duplicate }) };
    };
    // An admin's reach ends at the vendor's door: there they are a member like others.
    const actor: Actor = { id: user.id, name: user.name, role: user.role === 'admin' ? 'member' : user.role };
    try {
      return await say(actor);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      // What they said before they were linked stands under the guest's name, and the same id again is the same entry (I3).
      if (linked && mayBeEarlier(error, words)) {
        return say(guest).catch(other => Promise.reject(other instanceof HubError ? error : other));
      }
      if (isChange(words) || !isStranger(error)) throw error;
    }
    await store.join(vendor, room, actor.id);
    return say(actor);
  };
}

type Said = 'message:send' | 'message:edit' | 'message:delete' | 'message:react';
const parse = <C extends Said>(call: C, input: unknown): ParsedInput<C> =>
  parseInput(calls[call].input, input) as ParsedInput<C>;

const isChange = ({ type }: Words): boolean => type === 'message.edited' || type === 'message.deleted';
const mayBeEarlier = (error: HubError, words: Words): boolean =>
  words.type === 'message.created' ? error.code === 'conflict' : isChange(words) && isStranger(error);

/** Not a member: the room does not exist for them, or is closed. Anything else of these codes refuses a second time. */
const isStranger = ({ code }: HubError): boolean => code === 'not_found' || code === 'forbidden';

function metaOf(vendor: Vendor, speaker: Speaker, words: Words): object {
  const given = 'meta' in words ? (words.meta ?? {}) : {};
  const hops = hopsOf(given) + 1;
  if (speaker.bot && hops > MAX_HOPS)
    throw forbidden(`These words of bots have crossed ${MAX_HOPS} times already; they go no further.`);
  return { ...given, via: vendor, ...(speaker.bot && { hops }) };
}

/** Slack's ids are upper case alone; those of others may need their case to be told apart. */
function guestOf(vendor: Vendor, { id, name, bot }: Speaker): Actor {
  const called = Array.from(
    name
      .replace(/[\p{Cc}\s]+/gu, ' ')
      .toWellFormed()
      .trim(),
  )
    .slice(0, limits.nameChars)
    .join('')
    .trim();
  return {
    id: `${vendor}-${id === id.toUpperCase() ? id.toLowerCase() : id}`.slice(0, 128),
    name: called || id,
    role: bot ? 'bot' : 'guest',
  };
}
