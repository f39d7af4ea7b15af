// How many messages wait in a room: what the live copy counts, or the hub's own count where the copy does not reach back far enough.
import type { ListedRoom, RoomSnapshot } from '../../js/index.ts';

export interface Unread {
  unread: number;
  mentions: number;
}

type Listing = Pick<ListedRoom, 'unread' | 'mentions'>;
type Copy = Pick<
  RoomSnapshot,
  'status' | 'epoch' | 'messages' | 'hasOlder' | 'readSeq' | 'unread' | 'mentions'
>;

export function countUnread({ unread = 0, mentions = 0 }: Listing, copy: Copy): Unread {
  if (copy.epoch === undefined) return { unread, mentions };
  const first = copy.messages[0];
  const reachesBack = !copy.hasOlder || first === undefined || first.seq <= copy.readSeq + 1;
  if (reachesBack) return { unread: copy.unread, mentions: copy.mentions };
  return { unread: Math.max(unread, copy.unread), mentions: Math.max(mentions, copy.mentions) };
}
