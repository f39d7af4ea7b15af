// What is pinned in the room, as far as its messages are here.
import type { RoomMessage, RoomSnapshot } from '../../js/index.ts';
import { usePerson } from '../hooks/use-workspace.ts';
import { messageWords } from '../state/plain-text.ts';
import { dayWords, timeWords } from './dates.ts';
import { Panel } from './panel.tsx';
import { useRoomActions } from './room-context.ts';

export function PinsPanel({ snapshot }: { snapshot: RoomSnapshot }) {
  const pinned = snapshot.messages.filter(message => message.pinned);
  return (
    <Panel title="Pinned" note={String(pinned.length)}>
      <div className="panel-scroll">
        {pinned.length === 0 && (
          <p className="panel-text">Nothing is pinned. Point at a message to pin it for everybody.</p>
        )}
        <ul>
          {pinned.map(message => (
            <Pinned key={message.id} message={message} />
          ))}
        </ul>
        {snapshot.hasOlder && (
          <p className="panel-text">Pins on older messages show once you have scrolled back to them.</p>
        )}
      </div>
    </Panel>
  );
}

function Pinned({ message }: { message: RoomMessage }) {
  const { jump } = useRoomActions();
  const author = usePerson(message.by);
  return (
    <li>
      <button type="button" className="pinned" onClick={() => jump(message.id)}>
        <span>
          <strong>{author.name}</strong>
          <time dateTime={message.at}>
            {dayWords(message.at)}, {timeWords(message.at)}
          </time>
        </span>
        <span className="pinned-text">{messageWords(message)}</span>
      </button>
    </li>
  );
}
