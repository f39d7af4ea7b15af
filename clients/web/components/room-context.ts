// What a message may do to the room around it. Changes rarely, so that rows can be kept as they are.
import { createContext, use } from 'react';
import type { Room, SummaryRange } from '../../js/index.ts';

export interface RoomActions {
  readonly room: Room;
  readonly canPost: boolean;
  /** May delete what others wrote. */
  readonly moderates: boolean;
  /** Opens a message for editing, or closes the editor. */
  edit(message: string | undefined): void;
  openThread(root: string): void;
  closePanel(): void;
  /** Scrolls to a message and lights it up; false when it lies too far back. */
  jump(message: string): Promise<boolean>;
  /** The same, from a claim that rests on it: the message has the focus then. */
  jumpToSource(message: string): void;
  /** Opens the recap and asks for one; undefined where summaries are turned off. */
  readonly recap: ((range: SummaryRange) => void) | undefined;
  focusComposer(): void;
}

export const RoomContext = createContext<RoomActions | undefined>(undefined);

export function useRoomActions(): RoomActions {
  const actions = use(RoomContext);
  if (!actions) throw new Error('This view stands outside a room');
  return actions;
}
