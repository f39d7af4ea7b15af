// One place in the list: the day or the line that begins there, and then a message or a note about replies.
import { memo } from 'react';
import type { Item } from '../state/timeline.ts';
import { dayWords } from './dates.ts';
import { MessageView } from './message-view.tsx';
import { RepliesNote } from './replies-note.tsx';
import { UnreadLine } from './unread-line.tsx';

type RowItem = Exclude<Item, { kind: 'start' }>;

interface Props {
  item: RowItem;
  /** The last message read when the line was drawn. */
  lineAfter: number | undefined;
  current: boolean;
  editing: boolean;
  lit: boolean;
  onFocus(key: string): void;
}

export const Row = memo(
  function Row({ item, lineAfter, current, editing, lit, onFocus }: Props) {
    const at = item.kind === 'message' ? item.message.at : item.replies[0]!.at;
    const focus = { id: item.key, current, onFocus };
    return (
      <div className={lit && item.kind === 'replies' ? 'row row-lit' : 'row'}>
        {item.day && (
          <div className="day">
            <span>{dayWords(at)}</span>
          </div>
        )}
        {item.line && <UnreadLine after={lineAfter} />}
        {item.kind === 'message' ? (
          <MessageView message={item.message} first={item.first} editing={editing} lit={lit} focus={focus} />
        ) : (
          <RepliesNote root={item.root} replies={item.replies} focus={focus} />
        )}
      </div>
    );
  },
  (a, b) =>
    a.current === b.current &&
    a.lineAfter === b.lineAfter &&
    a.editing === b.editing &&
    a.lit === b.lit &&
    a.onFocus === b.onFocus &&
    sameItem(a.item, b.item),
);

function sameItem(a: RowItem, b: RowItem): boolean {
  if (a.key !== b.key || a.day !== b.day || a.line !== b.line) return false;
  if (a.kind === 'message') return b.kind === 'message' && a.message === b.message && a.first === b.first;
  return (
    b.kind === 'replies' &&
    a.replies.length === b.replies.length &&
    a.replies.every((reply, at) => reply === b.replies[at])
  );
}
