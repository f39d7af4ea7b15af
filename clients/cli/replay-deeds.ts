// What an entry of a log is when it is done again: somebody comes, goes, or says something through their own client.
import type { Posted, Room, Sent } from '../js/types.ts';
import type { Entry } from './formats/entry.ts';

export type Deed =
  | { kind: 'join' | 'leave'; user: string }
  | { kind: 'post'; by: string; speak: (room: Room) => Posted<Sent> };

/**
 * Undefined: nothing that a person does, or something about a message that was not played.
 * @param played the id that a message of the log has this time, once it is in the room
 */
export async function deedOf(
  entry: Entry,
  played: (id: string) => Promise<string | undefined>,
): Promise<Deed | undefined> {
  switch (entry.type) {
    case 'member.joined':
      return { kind: 'join', user: entry.data.user };
    case 'member.left':
      return { kind: 'leave', user: entry.data.user };
    case 'message.created': {
      const { text, replyTo: answered, meta } = entry.data;
      const replyTo = answered === undefined ? undefined : await played(answered);
      // Parsed with the same schema that the hub parses it with.
      const more = { ...(replyTo && { replyTo }), ...(meta && { meta: meta as never }) };
      return { kind: 'post', by: entry.by, speak: room => room.send(text, more) };
    }
    case 'message.edited':
    case 'message.deleted':
    case 'message.pinned':
    case 'reaction.added':
    case 'reaction.removed': {
      const target = await played(entry.data.target);
      if (target === undefined) return undefined;
      return { kind: 'post', by: entry.by, speak: room => change(room, entry, target) as Posted<Sent> };
    }
    default:
      return undefined;
  }
}

type Change = Extract<Entry, { data: { target: string } }>;

function change(room: Room, entry: Change, target: string): Posted<{ seq: number }> {
  switch (entry.type) {
    case 'message.edited':
      return room.edit(target, entry.data.text);
    case 'message.deleted':
      return room.delete(target);
    case 'message.pinned':
      return room.pin(target, entry.data.on);
    case 'reaction.added':
      return room.react(target, entry.data.emoji, true);
    case 'reaction.removed':
      return room.react(target, entry.data.emoji, false);
  }
}
