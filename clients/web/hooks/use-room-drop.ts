// Where files dropped over a room go: to what one writes in the room, or in the thread they were dropped on.
import { type RefObject, useCallback } from 'react';
import type { Chosen } from '../state/attachments.ts';
import { useFileDrop } from './use-file-drop.ts';
import { useRoute, useWorkspace } from './use-workspace.ts';

/** @param add undefined: nothing may be added here @returns the part over which files are held, if they may be dropped there */
export function useRoomDrop(
  whole: RefObject<HTMLElement | null>,
  room: string,
  add: ((files: readonly Chosen[]) => void) | undefined,
): 'room' | 'panel' | undefined {
  const { attachments } = useWorkspace();
  const { panel } = useRoute();
  const thread = panel?.kind === 'thread' ? panel.root : undefined;
  const take = useCallback(
    (area: 'room' | 'panel', files: readonly Chosen[]) => {
      if (area === 'panel' && thread) attachments.add(`${room}/${thread}`, room, files);
      else add?.(files);
    },
    [attachments, add, room, thread],
  );
  const over = useFileDrop(whole, add && take);
  return over === 'panel' && !thread ? 'room' : over;
}
