// One message: who, when, what, and what became of it.
import type { KeyboardEvent } from 'react';
import { linksOf } from '../../../shared/file-links.ts';
import type { RoomMessage } from '../../js/index.ts';
import { usePerson, useWorkspace } from '../hooks/use-workspace.ts';
import { messageWords } from '../state/plain-text.ts';
import type { ShownMessage } from '../state/timeline.ts';
import { Attachments } from './attachments.tsx';
import { Avatar } from './avatar.tsx';
import { fullWords, timeWords } from './dates.ts';
import { FileCards } from './file-cards.tsx';
import { MessageEditor } from './message-editor.tsx';
import { rowId } from './message-list.tsx';
import { MessageText } from './message-text.tsx';
import { MessageTools } from './message-tools.tsx';
import { Reactions } from './reactions.tsx';
import { useRoomActions } from './room-context.ts';
import { SummaryCard } from './summary-card.tsx';

export interface RowFocus {
  id: string;
  current: boolean;
  onFocus(key: string): void;
}

/** Where words may come from that were not said here. */
const services: Readonly<Record<string, string>> = { slack: 'Slack', gather: 'Gather' };

interface Props {
  message: ShownMessage;
  first: boolean;
  editing: boolean;
  lit?: boolean;
  focus: RowFocus;
  /** Leaves out what leads to the thread one is in already. */
  inThread?: boolean;
}

export function MessageView({ message, first, editing, lit, focus, inThread }: Props) {
  const { me } = useWorkspace();
  const author = usePerson(message.by);
  const actions = useRoomActions();
  const { id, at, deletedAt, editedAt, pending, failed, pinned, thread, growing } = message;
  const settled = !pending && !failed && !deletedAt && !growing;
  const state = failed
    ? 'failed'
    : pending
      ? 'pending'
      : growing
        ? 'growing'
        : deletedAt
          ? 'deleted'
          : undefined;
  const time = growing ? 'writing' : pending && !failed ? 'sending' : timeWords(at);
  const via = services[String(message.meta?.via)];
  const mentioned = message.mentions?.includes(me.id) && message.by !== me.id;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey || !settled)
      return;
    const own = message.by === me.id;
    if (event.key === 'e' && own && !message.summary) actions.edit(id);
    else if ((event.key === 't' || event.key === 'Enter') && !inThread)
      actions.openThread(message.root ?? id);
    else return;
    event.preventDefault();
  };

  return (
    <article
      id={inThread ? undefined : rowId(focus.id)}
      className="message"
      data-first={first || undefined}
      data-state={state}
      data-mentioned={mentioned || undefined}
      data-pinned={pinned || undefined}
      data-lit={lit || undefined}
      data-editing={editing || undefined}
      tabIndex={focus.current ? 0 : -1}
      {...(focus.current && !inThread && { 'data-region-focus': true })}
      aria-label={`${author.name}, ${time}: ${deletedAt ? 'deleted' : messageWords(message).slice(0, 300)}`}
      onFocus={() => focus.onFocus(focus.id)}
      onKeyDown={onKeyDown}
    >
      <div className="message-gutter">
        {first ? <Avatar user={message.by} /> : <time dateTime={at}>{pending ? '' : time}</time>}
      </div>
      <div className="message-body">
        {first && (
          <p className="message-head">
            <strong className="message-author">{author.name}</strong>
            {(author.role === 'bot' || author.role === 'guest') && <span className="tag">{author.role}</span>}
            <time dateTime={at} title={fullWords(at)}>
              {time}
            </time>
            {via && <span className="message-mark">from {via}</span>}
            {pinned && <span className="message-mark">pinned</span>}
          </p>
        )}
        {editing ? (
          <MessageEditor message={message} />
        ) : deletedAt ? (
          <p className="message-gone">This message was deleted.</p>
        ) : message.summary ? (
          <SummaryCard summary={message.summary} />
        ) : (
          <>
            {message.text !== '' && <MessageText message={message} />}
            <Attachments files={message.files} />
            <FileCards links={linksIn(message)} />
          </>
        )}
        {editedAt && !editing && !deletedAt && (
          <span className="message-mark" title={fullWords(editedAt)}>
            edited
          </span>
        )}
        {failed && <Failed message={message} />}
        <Reactions message={message} />
        {thread && thread.count > 0 && !inThread && (
          <button type="button" className="thread-link" onClick={() => actions.openThread(id)}>
            {thread.count} {thread.count === 1 ? 'reply' : 'replies'}
          </button>
        )}
      </div>
      {settled && !editing && <MessageTools message={message} inThread={inThread} />}
    </article>
  );
}

/** An edit may have taken a link out. */
const linksIn = ({ text, meta }: RoomMessage) => linksOf(meta).filter(({ url }) => text.includes(url));

function Failed({ message }: { message: RoomMessage }) {
  const { court } = useWorkspace();
  return (
    <p className="message-failed" role="alert">
      <span>Not sent. {message.failed?.message}</span>
      <button type="button" className="link" onClick={() => court.outbox.retry(message.id)}>
        Retry
      </button>
      <button type="button" className="link" onClick={() => court.outbox.discard(message.id)}>
        Discard
      </button>
    </p>
  );
}
