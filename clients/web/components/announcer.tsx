// Says what others write to those who listen rather than look: one sentence at a time.
import { useEffect, useState } from 'react';
import type { Message, Room } from '../../js/index.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { messageWords } from '../state/plain-text.ts';

/** Messages this close together are said as one sentence. */
const GATHER_MS = 600;
const SPOKEN_CHARS = 200;

export function Announcer({ room }: { room: Room }) {
  const { people, me } = useWorkspace();
  const [sentence, setSentence] = useState('');

  useEffect(() => {
    let fresh: Message[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const say = () => {
      const [only] = fresh;
      const name = (id: string) => people.get(id)?.name ?? 'Somebody';
      if (fresh.length === 1 && only)
        setSentence(`${name(only.by)}: ${messageWords(only).slice(0, SPOKEN_CHARS)}`);
      else setSentence(`${fresh.length} new messages, the last from ${name(fresh.at(-1)!.by)}`);
      fresh = [];
      timer = undefined;
    };
    const off = room.on('message', message => {
      if (message.by === me.id) return;
      fresh.push(message);
      timer ??= setTimeout(say, GATHER_MS);
    });
    return () => {
      clearTimeout(timer);
      off();
    };
  }, [room, people, me]);

  return (
    <p className="sr-only" aria-live="polite">
      {sentence}
    </p>
  );
}
