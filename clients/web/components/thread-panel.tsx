// A thread at the right: its first message, all replies, and a place to answer.
import { useLayoutEffect, useRef, useState } from 'react';
import type { RoomSnapshot } from '../../js/index.ts';
import { useAttachments } from '../hooks/use-attachments.ts';
import { useStore } from '../hooks/use-store.ts';
import { useThread } from '../hooks/use-thread.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { timeline } from '../state/timeline.ts';
import { Composer } from './composer.tsx';
import { DropVeil } from './drop-veil.tsx';
import { FollowButton } from './follow-button.tsx';
import { MessageView } from './message-view.tsx';
import { Panel } from './panel.tsx';
import { useRoomActions } from './room-context.ts';
import { ThreadActions } from './thread-actions.tsx';

interface Props {
  root: string;
  snapshot: RoomSnapshot;
  /** Files are held over it. */
  dropping: boolean;
}

export function ThreadPanel({ root, snapshot, dropping }: Props) {
  const { room, canPost } = useRoomActions();
  const { me, bots } = useWorkspace();
  const { messages: said, error } = useThread(room, root, snapshot.messages);
  const { drafts } = useStore(bots.desk(room.id));
  const messages = [...said, ...drafts.filter(draft => draft.root === root)];
  const [editing, setEditing] = useState<string>();
  const [current, setCurrent] = useState<string>();
  const scroller = useRef<HTMLDivElement>(null);
  const replies = messages.length - 1;
  const place = `${room.id}/${root}`;
  const attached = useAttachments(place, room.id);
  const end = messages.at(-1)?.text.length;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new reply is what triggers it
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, [replies, end]);

  // In here all are replies, so they group as messages do in a room.
  const bare = messages.map(({ root: _, replyTo: __, ...message }) => message);
  return (
    <Panel
      title="Thread"
      {...(replies > 0 && { note: `${replies} ${replies === 1 ? 'reply' : 'replies'}` })}
      more={<FollowButton room={room} root={root} replies={replies} />}
    >
      <div className="panel-scroll" ref={scroller}>
        {error && (
          <p className="note note-error" role="alert">
            {error}
          </p>
        )}
        <ThreadActions edit={setEditing}>
          {timeline(bare, { me: me.id }).map(
            (item, at) =>
              item.kind === 'message' && (
                <div className="row" key={item.key} data-root={at === 0 || undefined}>
                  <MessageView
                    message={item.message}
                    first={item.first || at === 1}
                    editing={item.key === editing}
                    focus={{ id: item.key, current: item.key === current, onFocus: setCurrent }}
                    inThread
                  />
                </div>
              ),
          )}
        </ThreadActions>
      </div>
      <div className="panel-foot">
        <ThreadActions edit={setEditing}>
          <Composer place={place} label="thread" replyTo={root} archived={!canPost} attached={attached} />
        </ThreadActions>
      </div>
      {dropping && <DropVeil where="to this thread" />}
    </Panel>
  );
}
