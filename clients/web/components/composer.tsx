// Where one writes. What is not sent stays as a draft; what is sent shows at once in the list.
import { useEffect, useRef, useState } from 'react';
import { useFileLinks } from '../hooks/use-file-links.ts';
import { useTextLimit } from '../hooks/use-text-limit.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { EmojiPicker } from './emoji-picker.tsx';
import { FileCards } from './file-cards.tsx';
import { Icon } from './icons.tsx';
import { quiet } from './message-tools.tsx';
import { useRoomActions } from './room-context.ts';
import { TextBox, type TextBoxHandle } from './text-box.tsx';

interface Props {
  /** Names the draft. */
  place: string;
  /** Whom one writes to. */
  label: string;
  archived?: boolean;
  /** The first message of the thread one writes in. */
  replyTo?: string;
}

export function Composer({ place, label, archived, replyTo }: Props) {
  const { me, drafts, bots } = useWorkspace();
  const { room, edit } = useRoomActions();
  const [text, setText] = useState(() => drafts.read(place));
  const box = useRef<TextBoxHandle>(null);
  const tooLong = useTextLimit(text);
  const links = useFileLinks(text);
  const empty = text.trim() === '';

  // On a phone the keyboard would cover what one came to read.
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) box.current?.focus();
  }, []);

  if (archived)
    return (
      <p className="composer-closed">This room is archived. It can be read, and nothing can be added.</p>
    );

  const change = (next: string) => {
    setText(next);
    drafts.write(place, next);
    room.typing(next.trim() !== '');
  };

  const send = () => {
    if (empty || tooLong) return;
    if (bots.run(room.id, text, replyTo)) return change('');
    quiet(
      room.send(text.trim(), { ...(replyTo && { replyTo }), ...(links.length > 0 && { meta: { links } }) }),
    );
    setText('');
    drafts.write(place, '');
  };

  const editLast = () => {
    const last = room.messages.findLast(
      ({ by, pending, deletedAt, root }) => by === me.id && !pending && !deletedAt && root === replyTo,
    );
    if (last) edit(last.id);
  };

  return (
    <form
      className="composer"
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      <TextBox
        ref={box}
        id={replyTo ? 'thread-composer' : 'composer'}
        label={replyTo ? 'Reply in thread' : `Message ${label}`}
        placeholder={replyTo ? 'Reply…' : `Message ${label}`}
        value={text}
        place={place}
        commands
        onChange={change}
        onSubmit={send}
        onUp={editLast}
      />
      <FileCards links={links} />
      <div className="composer-tools">
        {tooLong && (
          <span className="composer-warning" role="alert">
            {tooLong}
          </span>
        )}
        <EmojiPicker label="Insert emoji" onPick={emoji => box.current?.insert(emoji)} />
        <button
          type="submit"
          className="send"
          aria-label="Send"
          title="Send (Enter)"
          disabled={empty || !!tooLong}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
