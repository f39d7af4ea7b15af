// The same actions as in the room, but editing happens in the panel.
import { type ReactNode, useMemo } from 'react';
import { RoomContext, useRoomActions } from './room-context.ts';

export function ThreadActions({
  edit,
  children,
}: {
  edit(message: string | undefined): void;
  children: ReactNode;
}) {
  const room = useRoomActions();
  const actions = useMemo(
    () => ({ ...room, edit, focusComposer: () => document.getElementById('thread-composer')?.focus() }),
    [room, edit],
  );
  return <RoomContext value={actions}>{children}</RoomContext>;
}
