// The fold of a room's log: what the messages are after an entry. Clients, imports and the convergence check (I10) share this one reducer.
import { summaryText, withoutCited } from './posted-summary.ts';
import type { LogEvent } from './protocol/events.ts';
import type { Message, Reaction } from './protocol/models.ts';

/** Messages by id. Entries are replaced, never changed in place, so that a view can compare by identity. */
export type Messages = ReadonlyMap<string, Message>;

/** Applies one entry to the messages; entries on messages that are not there are left out (they lie before the page one holds). */
export function applyEvent(messages: Map<string, Message>, room: string, event: LogEvent): void {
  const update = (id: string, change: (message: Message) => Message) => {
    const message = messages.get(id);
    if (message) messages.set(id, change(message));
  };
  switch (event.type) {
    case 'message.created': {
      const { text, replyTo, root, files, mentions, meta } = event.data;
      messages.set(event.id, {
        id: event.id,
        room,
        seq: event.seq,
        at: event.at,
        by: event.by,
        text,
        ...(replyTo && { replyTo }),
        ...(root && { root }),
        files: files ?? [],
        ...(mentions && { mentions }),
        reactions: [],
        ...(meta && { meta }),
      });
      if (root) {
        update(root, message => ({
          ...message,
          thread: { count: (message.thread?.count ?? 0) + 1, lastSeq: event.seq },
        }));
      }
      break;
    }
    case 'summary.posted': {
      const { id, seq, at, by, data } = event;
      const { text, ...summary } = data;
      const said = { id, room, seq, at, by, text, files: [], reactions: [] };
      messages.set(id, 'claims' in summary ? { ...said, summary } : said);
      break;
    }
    case 'message.edited':
      update(event.data.target, ({ mentions: _, ...message }) => ({
        ...message,
        text: event.data.text,
        ...(event.data.mentions && { mentions: event.data.mentions }),
        editedAt: event.at,
      }));
      break;
    case 'message.deleted':
      update(event.data.target, message => ({
        id: message.id,
        room: message.room,
        seq: message.seq,
        at: message.at,
        by: message.by,
        text: '',
        ...(message.replyTo && { replyTo: message.replyTo }),
        ...(message.root && { root: message.root }),
        files: [],
        reactions: [],
        deletedAt: event.at,
        ...(message.thread && { thread: message.thread }),
      }));
      for (const message of messages.values())
        if (message.summary) messages.set(message.id, lose(message, event.data.target));
      break;
    case 'message.pinned':
      update(event.data.target, ({ pinned: _, ...message }) => ({
        ...message,
        ...(event.data.on && { pinned: true }),
      }));
      break;
    case 'reaction.added':
    case 'reaction.removed': {
      const { target, emoji } = event.data;
      const on = event.type === 'reaction.added';
      update(target, message => ({ ...message, reactions: react(message.reactions, emoji, event.by, on) }));
      break;
    }
  }
}

/** The words of a deleted message leave the summaries of it too. */
function lose(message: Message, gone: string): Message {
  if (!message.summary) return message;
  const summary = withoutCited(message.summary, gone);
  return summary === message.summary ? message : { ...message, text: summaryText(summary.claims), summary };
}

function react(reactions: Reaction[], emoji: string, user: string, on: boolean): Reaction[] {
  const current = reactions.find(reaction => reaction.emoji === emoji);
  if (!current) return on ? [...reactions, { emoji, users: [user] }] : reactions;
  if (current.users.includes(user) === on) return reactions;
  const users = on ? [...current.users, user] : current.users.filter(other => other !== user);
  return reactions
    .map(reaction => (reaction === current ? { emoji, users } : reaction))
    .filter(reaction => reaction.users.length > 0);
}
