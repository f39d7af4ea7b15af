// The reactions below a message: who and how many; one click joins in or takes it back.
import { useSyncExternalStore } from 'react';
import type { Reaction, RoomMessage } from '../../js/index.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { quiet } from './message-tools.tsx';
import { useRoomActions } from './room-context.ts';

export function Reactions({ message }: { message: RoomMessage }) {
  if (message.reactions.length === 0) return null;
  return (
    <ul className="reactions" aria-label="Reactions">
      {message.reactions.map(reaction => (
        <li key={reaction.emoji}>
          <Chip message={message.id} reaction={reaction} />
        </li>
      ))}
    </ul>
  );
}

function Chip({ message, reaction: { emoji, users } }: { message: string; reaction: Reaction }) {
  const { me, people } = useWorkspace();
  const { room, canPost } = useRoomActions();
  const mine = users.includes(me.id);
  const name = (id: string) => (id === me.id ? 'you' : (people.get(id)?.name ?? 'somebody'));
  const names = useSyncExternalStore(people.subscribe, () => users.map(name).join(', '));
  return (
    <button
      type="button"
      className="reaction"
      aria-pressed={mine}
      aria-label={`${emoji} ${users.length}: ${names}`}
      title={names}
      disabled={!canPost}
      onClick={() => quiet(room.react(message, emoji, !mine))}
    >
      <span className="reaction-emoji">{emoji}</span>
      <span className="reaction-count">{users.length}</span>
    </button>
  );
}
