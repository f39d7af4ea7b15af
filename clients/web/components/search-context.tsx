// A hit that lies far back in its room, with what was said around it.
import { useEffect, useState } from 'react';
import type { Message } from '../../js/index.ts';
import { usePerson } from '../hooks/use-workspace.ts';
import { plainText } from '../state/plain-text.ts';
import { dayWords, timeWords } from './dates.ts';
import { Icon } from './icons.tsx';
import { useRoomActions } from './room-context.ts';

const AROUND = 7;

export function SearchContext({ message, close }: { message: Message; close(): void }) {
  const { room } = useRoomActions();
  const [messages, setMessages] = useState<readonly Message[]>([message]);
  const [error, setError] = useState<string>();
  useEffect(() => {
    let here = true;
    room.history({ around: message.seq, limit: AROUND }).then(
      page => here && setMessages(page.filter(({ deletedAt }) => !deletedAt)),
      failure => here && setError((failure as Error).message),
    );
    return () => {
      here = false;
    };
  }, [room, message]);
  return (
    <section className="search-context" aria-label="What was said around it">
      <header>
        <h3>
          {dayWords(message.at)}, {timeWords(message.at)}
        </h3>
        <button type="button" className="tool" aria-label="Close what was said around it" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {error && <p role="alert">{error}</p>}
      <ol>
        {messages.map(one => (
          <Said key={one.id} message={one} sought={one.id === message.id} />
        ))}
      </ol>
    </section>
  );
}

function Said({ message, sought }: { message: Message; sought: boolean }) {
  const author = usePerson(message.by);
  return (
    <li aria-current={sought || undefined}>
      <strong>{author.name}</strong> {plainText(message.text)}
    </li>
  );
}
