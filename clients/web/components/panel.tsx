// The frame of what opens at the right of a room.
import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';
import { useRoomActions } from './room-context.ts';

interface Props {
  title: string;
  note?: string;
  /** Beside the way out. */
  more?: ReactNode;
  children: ReactNode;
}

export function Panel({ title, note, more, children }: Props) {
  const { closePanel } = useRoomActions();
  return (
    <aside className="panel" aria-label={title} data-region>
      <header className="panel-head">
        <h2>{title}</h2>
        {note && <span className="panel-note">{note}</span>}
        {more}
        <button
          type="button"
          className="tool"
          aria-label={`Close ${title.toLowerCase()}`}
          onClick={closePanel}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </aside>
  );
}
