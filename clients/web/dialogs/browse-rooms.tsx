// All rooms that are open to everybody, to look for one and go in.
import { useEffect, useState } from 'react';
import type { ListedRoom } from '../../js/index.ts';
import { arrowKeys } from '../hooks/use-arrow-keys.ts';
import { useStore } from '../hooks/use-store.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { go } from '../state/route.ts';
import { DialogError, DialogFrame } from './dialog-frame.tsx';

const onArrow = arrowKeys();

export function BrowseRooms({ close }: { close(): void }) {
  const { court, rooms } = useWorkspace();
  const mine = new Set(useStore(rooms).rooms.map(({ info }) => info.id));
  const [all, setAll] = useState<readonly ListedRoom[]>();
  const [query, setQuery] = useState('');
  const [error, setError] = useState<string>();

  useEffect(() => {
    court.rooms('public').then(setAll, failure => setError((failure as Error).message));
  }, [court]);

  const enter = async (id: string) => {
    try {
      if (!mine.has(id)) await rooms.join(id);
      go({ room: id });
      close();
    } catch (failure) {
      setError((failure as Error).message);
    }
  };

  const words = query.trim().toLowerCase();
  const found = all?.filter(room =>
    `${room.title} ${room.id} ${room.topic ?? ''}`.toLowerCase().includes(words),
  );
  return (
    <DialogFrame title="Browse rooms" close={close}>
      <div className="field">
        <input
          aria-label="Find a room"
          placeholder="Find a room"
          value={query}
          // biome-ignore lint/a11y/noAutofocus: it is what the dialog is for
          autoFocus
          onChange={event => setQuery(event.target.value)}
        />
      </div>
      <DialogError error={error} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys only move between the buttons inside */}
      <div className="browse" onKeyDown={onArrow}>
        {!all && !error && <p className="dialog-text">Looking…</p>}
        {found?.length === 0 && (
          <p className="dialog-text">
            {words ? 'No room matches.' : 'There is no public room yet. Open the first one.'}
          </p>
        )}
        <ul>
          {found?.map(room => (
            <li key={room.id}>
              <button type="button" className="browse-room" data-item onClick={() => enter(room.id)}>
                <span>
                  <strong>{room.title}</strong>
                  {room.topic && <small>{room.topic}</small>}
                </span>
                <span className="browse-go">{mine.has(room.id) ? 'Open' : 'Join'}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </DialogFrame>
  );
}
