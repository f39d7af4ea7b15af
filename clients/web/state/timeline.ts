// Turns a room's messages into what the list shows: grouped by author and day, replies as notes that lead to their thread, one line
// where the unread begins. Pure.
import type { RoomMessage } from '../../js/index.ts';

/** `growing`: a bot is still writing it, and it is in no log. */
export type ShownMessage = RoomMessage & { growing?: true };

export interface ItemPlace {
  key: string;
  /** The day begins here. */
  day: boolean;
  /** The unread begins here. */
  line: boolean;
}

export type Item =
  | (ItemPlace & { kind: 'message'; message: ShownMessage /** Shows its author. */; first: boolean })
  | (ItemPlace & { kind: 'replies'; root: string; replies: readonly RoomMessage[] })
  /** Above the first message of all. */
  | (ItemPlace & { kind: 'start' });

/** Messages of one author this close together share a head. */
const GROUP_MS = 5 * 60_000;

export const rootOf = (message: RoomMessage): string | undefined => message.root ?? message.replyTo;

export interface View {
  me: string;
  /** Sequence number of the last message read when the room was opened; no line without. */
  lineAfter?: number | undefined;
  /** Nothing comes before the first message. */
  whole?: boolean;
}

export function timeline(messages: readonly ShownMessage[], { me, lineAfter, whole }: View): Item[] {
  const items: Item[] = whole ? [{ kind: 'start', key: 'start', day: false, line: false }] : [];
  let previous: RoomMessage | undefined;
  let lined = lineAfter === undefined;
  for (const message of messages) {
    const day = !previous || dayOf(previous.at) !== dayOf(message.at);
    const line =
      !lined && message.seq > lineAfter! && message.by !== me && !message.deletedAt && !message.growing;
    lined ||= line;
    add(items, message, { key: message.id, day, line });
    previous = message;
  }
  return items;
}

function add(items: Item[], message: ShownMessage, place: ItemPlace): void {
  const last = items.at(-1);
  const breaks = place.day || place.line;
  const root = rootOf(message);
  if (root === undefined) {
    items.push({ kind: 'message', ...place, message, first: breaks || !continues(last, message) });
  } else if (!breaks && last?.kind === 'replies' && last.root === root) {
    items[items.length - 1] = { ...last, replies: [...last.replies, message] };
  } else {
    items.push({ kind: 'replies', ...place, root, replies: [message] });
  }
}

function continues(last: Item | undefined, message: RoomMessage): boolean {
  if (last?.kind !== 'message') return false;
  const { by, at } = last.message;
  return by === message.by && Date.parse(message.at) - Date.parse(at) < GROUP_MS;
}

/** The local day, as a string that compares. */
const dayOf = (at: string) => new Date(at).toDateString();
