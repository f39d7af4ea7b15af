// The frame of what opens at the right of a room.
import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';
import { useRoomActions } from './room-context.ts';

export function Panel({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  const { closePanel } = useRoomActions();
  return (
    <aside className="panel" aria-label={title} data-region>
      <header className="panel-head">
        <h2>{title}</h2>
        {note && <span className="panel-note">{note}</span>}
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
