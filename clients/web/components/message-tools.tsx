// What one can do with a message; shows when the message is pointed at or holds the focus.
import { useState } from 'react';
import type { RoomMessage } from '../../js/index.ts';
import { ConfirmDelete } from '../dialogs/confirm-delete.tsx';
import { ReportMessage } from '../dialogs/report-message.tsx';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { messageWords } from '../state/plain-text.ts';
import { EmojiPicker } from './emoji-picker.tsx';
import { Icon, type IconName } from './icons.tsx';
import { useRoomActions } from './room-context.ts';

export function MessageTools({
  message,
  inThread,
}: {
  message: RoomMessage;
  inThread?: boolean | undefined;
}) {
  const { me } = useWorkspace();
  const { room, canPost, moderates, edit, openThread } = useRoomActions();
  const [asking, setAsking] = useState(false);
  const [reporting, setReporting] = useState(false);
  const own = message.by === me.id;
  if (!canPost) return null;

  const react = (emoji: string) => {
    const mine = message.reactions.some(
      reaction => reaction.emoji === emoji && reaction.users.includes(me.id),
    );
    quiet(room.react(message.id, emoji, !mine));
  };

  return (
    <div className="message-tools" role="toolbar" aria-label="Message actions">
      <EmojiPicker label="React" onPick={react} />
      {!inThread && (
        <Tool icon="reply" label="Reply in thread" onClick={() => openThread(message.root ?? message.id)} />
      )}
      <Tool
        icon="pin"
        label={message.pinned ? 'Unpin' : 'Pin'}
        onClick={() => quiet(room.pin(message.id, !message.pinned))}
      />
      {own && !message.summary && <Tool icon="edit" label="Edit" onClick={() => edit(message.id)} />}
      {!own && <Tool icon="flag" label="Report…" onClick={() => setReporting(true)} />}
      {(own || moderates) && <Tool icon="trash" label="Delete" onClick={() => setAsking(true)} />}
      {reporting && <ReportMessage message={message} close={() => setReporting(false)} />}
      {asking && (
        <ConfirmDelete
          text={messageWords(message)}
          close={() => setAsking(false)}
          confirm={() => quiet(room.delete(message.id))}
        />
      )}
    </div>
  );
}

/** A refusal shows in the outbox, and so in the banner. */
export const quiet = ({ done }: { done: Promise<unknown> }): void => void done.catch(() => undefined);

function Tool({ icon, label, onClick }: { icon: IconName; label: string; onClick(): void }) {
  return (
    <button type="button" className="tool" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
