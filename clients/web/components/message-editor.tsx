// Changes a message in its place.
import { useState } from 'react';
import type { RoomMessage } from '../../js/index.ts';
import { useTextLimit } from '../hooks/use-text-limit.ts';
import { quiet } from './message-tools.tsx';
import { useRoomActions } from './room-context.ts';
import { TextBox } from './text-box.tsx';

export function MessageEditor({ message }: { message: RoomMessage }) {
  const { room, edit, focusComposer } = useRoomActions();
  const [text, setText] = useState(message.text);
  const tooLong = useTextLimit(text);

  const leave = () => {
    edit(undefined);
    focusComposer();
  };
  const save = () => {
    if (tooLong || text.trim() === '') return;
    if (text !== message.text) quiet(room.edit(message.id, text));
    leave();
  };

  return (
    <div className="editor">
      <TextBox
        id={`edit-${message.id}`}
        label="Edit message"
        value={text}
        autoFocus
        onChange={setText}
        onSubmit={save}
        onEscape={leave}
      />
      <p className="editor-foot">
        {tooLong && <span className="composer-warning">{tooLong}</span>}
        <button type="button" className="button small" onClick={leave}>
          Cancel
        </button>
        <button type="button" className="button small primary" disabled={!!tooLong} onClick={save}>
          Save
        </button>
      </p>
    </div>
  );
}
