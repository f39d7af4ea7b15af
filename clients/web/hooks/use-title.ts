// The title of the browser's tab: how much is unread, and where one is.
import { useEffect } from 'react';
import type { RoomEntry } from '../state/room-list.ts';

export function useTitle(rooms: readonly RoomEntry[], here: RoomEntry | undefined): void {
  const unread = rooms.reduce((sum, room) => sum + room.unread, 0);
  const title = [unread > 0 && `(${unread})`, here ? `${here.title} · First Court` : 'First Court'];
  const text = title.filter(Boolean).join(' ');
  useEffect(() => {
    document.title = text;
    return () => {
      document.title = 'First Court';
    };
  }, [text]);
}
