// What stands above the first message of a room.
import type { RoomEntry } from '../state/room-list.ts';

const kinds = {
  public: 'Everybody on this hub can find this room and come in.',
  private: 'Only its members know of this room.',
  direct: 'Only the two of you can read this.',
} as const;

export function RoomStart({ entry }: { entry: RoomEntry }) {
  const { info, title } = entry;
  const many = info.kind === 'direct' && (info.with?.length ?? 1) > 1;
  return (
    <div className="room-start">
      <h2>{title}</h2>
      <p>
        This is where it begins. {many ? 'Only its members know of this conversation.' : kinds[info.kind]}
      </p>
    </div>
  );
}
