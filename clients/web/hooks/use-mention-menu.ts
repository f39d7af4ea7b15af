// Offers the room's people while one types a name after an `@`.
import { type RefObject, useState } from 'react';
import { useRoomActions } from '../components/room-context.ts';
import { handleOf } from '../state/mentions.ts';
import type { Person } from '../state/people.ts';
import { useWorkspace } from './use-workspace.ts';

const OFFERED = 6;
const OPEN = /(?:^|[^\p{L}\p{N}_])@([^\s@]*)$/u;

/** `onKey` says whether the key was for the menu. */
export function useMentionMenu(
  field: RefObject<HTMLTextAreaElement | null>,
  value: string,
  onChange: (text: string) => void,
) {
  const { me, people } = useWorkspace();
  const { room } = useRoomActions();
  const [caret, setCaret] = useState(-1);
  const [at, setAt] = useState(0);

  const typed = caret < 0 ? undefined : OPEN.exec(value.slice(0, caret))?.[1]?.toLowerCase();
  const offered = typed === undefined ? [] : matches(typed);
  const open = offered.length > 0;
  const chosen = Math.min(at, offered.length - 1);

  function matches(start: string): Person[] {
    const members = room.snapshot.members?.map(({ user, name }) => ({ id: user, name })) ?? people.all();
    return members
      .filter(({ id, name }) => id !== me.id && words(name).some(word => word.startsWith(start)))
      .sort((a, b) => a.name.localeCompare(b.name))
      .slice(0, OFFERED);
  }

  const close = () => setCaret(-1);

  const pick = (person: Person) => {
    const box = field.current;
    if (!box || typed === undefined) return;
    box.setRangeText(`@${handleOf(person.name)} `, caret - typed.length - 1, caret, 'end');
    onChange(box.value);
    box.focus();
    close();
  };

  const onKey = (key: string): boolean => {
    if (!open) return false;
    const person = offered[chosen];
    if (key === 'ArrowDown') setAt((chosen + 1) % offered.length);
    else if (key === 'ArrowUp') setAt((chosen + offered.length - 1) % offered.length);
    else if (key === 'Escape') close();
    else if ((key === 'Enter' || key === 'Tab') && person) pick(person);
    else return false;
    return true;
  };

  const onSelect = () => {
    const box = field.current;
    const here = box && box.selectionStart === box.selectionEnd ? box.selectionStart : -1;
    if (here !== caret) setAt(0);
    setCaret(here);
  };

  return { open, people: offered, at: chosen, pick, onKey, onSelect, close };
}

/** What one may begin to type: the whole handle, or a later part of the name. */
function words(name: string): string[] {
  const handle = handleOf(name).toLowerCase();
  return [handle, ...handle.split('.').slice(1)];
}
