// Chooses among the people one knows from other rooms.
import { useMemo } from 'react';
import { Avatar } from '../components/avatar.tsx';
import { useWorkspace } from '../hooks/use-workspace.ts';

interface Props {
  chosen: readonly string[];
  /** Not offered. */
  without?: ReadonlySet<string>;
  onChange(chosen: readonly string[]): void;
}

export function PeoplePicker({ chosen, without, onChange }: Props) {
  const { people, me } = useWorkspace();
  const offered = useMemo(
    () =>
      people
        .all()
        .filter(({ id }) => id !== me.id && !without?.has(id))
        .sort((a, b) => a.name.localeCompare(b.name)),
    [people, me, without],
  );
  if (offered.length === 0) return null;
  return (
    <fieldset className="choices">
      <legend>Add people you know</legend>
      <div className="people-picker">
        {offered.map(({ id, name }) => (
          <label key={id} className="choice choice-person">
            <input
              type="checkbox"
              checked={chosen.includes(id)}
              onChange={event =>
                onChange(event.target.checked ? [...chosen, id] : chosen.filter(other => other !== id))
              }
            />
            <Avatar user={id} size="s" presence />
            {name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
