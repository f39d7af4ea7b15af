// Where one writes. What is not sent stays as a draft; what is sent shows at once in the list.
import { useEffect, useRef, useState } from 'react';
import type { Attached } from '../hooks/use-attachments.ts';
import { useFileLinks } from '../hooks/use-file-links.ts';
import { useTextLimit } from '../hooks/use-text-limit.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { AttachButton } from './attach-button.tsx';
import { EmojiPicker } from './emoji-picker.tsx';
import { FileCards } from './file-cards.tsx';
import { HeldMessages } from './held-messages.tsx';
import { Icon } from './icons.tsx';
import { useRoomActions } from './room-context.ts';
import { TextBox, type TextBoxHandle } from './text-box.tsx';
import { UploadChip } from './upload-chip.tsx';

interface Props {
  /** Names the draft. */
  place: string;
  /** Whom one writes to. */
  label: string;
  archived?: boolean;
  /** The first message of the thread one writes in. */
  replyTo?: string;
  attached: Attached;
}

export function Composer({ place, label, archived, replyTo, attached }: Props) {
  const { me, drafts, attachments, bots } = useWorkspace();
  const { room, edit } = useRoomActions();
  const [text, setText] = useState(() => drafts.read(place));
  const box = useRef<TextBoxHandle>(null);
  const tooLong = useTextLimit(text);
  const links = useFileLinks(text);
  const { uploads, held, add, notice, dismiss } = attached;
  const empty = text.trim() === '' && uploads.length === 0;

  // On a phone the keyboard would cover what one came to read.
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) box.current?.focus();
  }, []);

  // A message that was taken back stands among the drafts.
  // biome-ignore lint/correctness/useExhaustiveDependencies: messages that wait are what triggers it
  useEffect(() => setText(before => drafts.read(place) || before), [held, drafts, place]);

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
    if (uploads.length === 0 && bots.run(room.id, text, replyTo)) return change('');
    setText('');
    drafts.write(place, '');
    dismiss();
    attachments.send(place, room.id, text.trim(), {
      ...(replyTo && { replyTo }),
      ...(links.length > 0 && { meta: { links } }),
    });
  };

  const editLast = () => {
    const last = room.messages.findLast(
      ({ by, pending, deletedAt, root }) => by === me.id && !pending && !deletedAt && root === replyTo,
    );
    if (last) edit(last.id);
  };

  return (
    <>
      <HeldMessages held={held} takeBack={message => attachments.takeBack(place, message)} />
      <form
        className="composer"
        onSubmit={event => {
          event.preventDefault();
          send();
        }}
      >
        {uploads.length > 0 && (
          <ul className="chips" aria-label="Attached files">
            {uploads.map(upload => (
              <UploadChip key={upload.key} upload={upload} />
            ))}
          </ul>
        )}
        <AttachButton add={add} />
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
          onFiles={files => add(files.map(file => ({ file })))}
        />
        <FileCards links={links} />
        <div className="composer-tools">
          {(tooLong ?? notice) && (
            <span className="composer-warning" role="alert">
              {tooLong ?? notice}
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
    </>
  );
}
