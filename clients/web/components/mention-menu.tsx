// The names offered above the field; the field keeps the focus.
import type { Person } from '../state/people.ts';
import { Avatar } from './avatar.tsx';

interface Props {
  id: string;
  people: readonly Person[];
  at: number;
  onPick(person: Person): void;
}

export function MentionMenu({ id, people, at, onPick }: Props) {
  return (
    <div className="mention-menu" id={id} role="listbox" aria-label="People">
      {people.map((person, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the field handles the keys
        <div
          key={person.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          className="mention-option"
          // Before the field loses the focus.
          onMouseDown={event => event.preventDefault()}
          onClick={() => onPick(person)}
        >
          <Avatar user={person.id} size="s" presence />
          {person.name}
        </div>
      ))}
    </div>
  );
}
