// Where the unread begins, and the mark that it was read: given when somebody looks and the newest message is in view.
import { useEffect, useState } from 'react';
import type { Room, RoomSnapshot } from '../../js/index.ts';
import { usePageShown } from './use-page-shown.ts';

/** `line` is undefined until the room's copy is here; its `after` is the last message read, if something comes after it. */
export function useReading(
  room: Room,
  snapshot: RoomSnapshot,
  atBottom: boolean,
): { line: { after?: number } | undefined } {
  const { epoch, unread, readSeq } = snapshot;
  const [line, setLine] = useState<{ after?: number }>();
  const shown = usePageShown();
  const reading = shown && atBottom;
  if (line === undefined && epoch !== undefined) setLine(unread > 0 ? { after: readSeq } : {});

  const last = snapshot.messages.at(-1);
  const mine = last?.pending ? last.id : undefined;
  // Who answers has read.
  useEffect(() => {
    if (mine) setLine({});
  }, [mine]);

  const after = line?.after;
  useEffect(() => {
    if (line === undefined) return;
    if (reading) {
      if (unread > 0) room.markRead();
    } else if (unread > 0 && after !== readSeq) {
      setLine({ after: readSeq });
    } else if (unread === 0 && after !== undefined && !shown) {
      setLine({});
    }
  }, [room, reading, shown, unread, readSeq, line, after]);

  return { line };
}
