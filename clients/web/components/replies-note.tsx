// Replies stand in their thread; where they fell in the talk, a note of one line leads there.
import type { RoomMessage } from '../../js/index.ts';
import { usePerson, useWorkspace } from '../hooks/use-workspace.ts';
import { messageWords } from '../state/plain-text.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { rowId } from './message-list.tsx';
import type { RowFocus } from './message-view.tsx';
import { useRoomActions } from './room-context.ts';

export function RepliesNote({
  root,
  replies,
  focus,
}: {
  root: string;
  replies: readonly RoomMessage[];
  focus: RowFocus;
}) {
  const { openThread } = useRoomActions();
  const { me } = useWorkspace();
  const last = replies.at(-1)!;
  const author = usePerson(last.by);
  const text = last.deletedAt ? 'a message that was deleted' : messageWords(last);
  return (
    <button
      type="button"
      id={rowId(focus.id)}
      className="replies"
      data-mentioned={
        replies.some(({ mentions, by }) => by !== me.id && mentions?.includes(me.id)) || undefined
      }
      tabIndex={focus.current ? 0 : -1}
      {...(focus.current && { 'data-region-focus': true })}
      onFocus={() => focus.onFocus(focus.id)}
      onClick={() => openThread(root)}
    >
      <Icon name="reply" />
      <Avatar user={last.by} size="s" />
      <span className="replies-text">
        <strong>{author.name}</strong> in a thread: {text}
      </span>
      {replies.length > 1 && <span className="replies-more">and {replies.length - 1} more</span>}
    </button>
  );
}
