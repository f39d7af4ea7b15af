// Chooses whom an announcement is for.
import { useEffect, useState } from 'react';
import type { Audience } from '../../js/index.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { PeoplePicker } from './people-picker.tsx';

type Kind = 'all' | 'rooms' | 'roles' | 'users';
const kinds: { id: Kind; label: string }[] = [
  { id: 'all', label: 'Everybody' },
  { id: 'rooms', label: 'Rooms' },
  { id: 'roles', label: 'Roles' },
  { id: 'users', label: 'People' },
];
const roles = [
  { id: 'member', label: 'Members' },
  { id: 'guest', label: 'Guests' },
  { id: 'admin', label: 'Admins' },
] as const;

/** @param onChange gets undefined while nobody is chosen */
export function AudiencePicker({ onChange }: { onChange(audience: Audience | undefined): void }) {
  const { court, rooms: mine } = useWorkspace();
  const [kind, setKind] = useState<Kind>('all');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [rooms, setRooms] = useState<readonly { id: string; label: string }[]>([]);

  useEffect(() => {
    // Public ones, and those one is in.
    const own = mine.getSnapshot().rooms.map(({ info, title }) => ({ id: info.id, label: title }));
    setRooms(own);
    court.rooms('public').then(
      open => {
        const others = open.filter(({ id }) => !own.some(one => one.id === id));
        setRooms([...own, ...others.map(({ id, title }) => ({ id, label: title }))]);
      },
      () => undefined,
    );
  }, [court, mine]);

  const choose = (next: Kind, ids: readonly string[]) => {
    setKind(next);
    setChosen(ids);
    if (next === 'all') onChange({ all: true });
    else onChange(ids.length > 0 ? ({ [next]: ids } as unknown as Audience) : undefined);
  };
  const offered = kind === 'rooms' ? rooms : kind === 'roles' ? roles : [];
  const toggle = (id: string, on: boolean) =>
    choose(kind, on ? [...chosen, id] : chosen.filter(other => other !== id));

  return (
    <fieldset className="choices audience">
      <legend>For whom</legend>
      <div className="segments">
        {kinds.map(({ id, label }) => (
          <label key={id} className="segment">
            <input type="radio" name="audience" checked={kind === id} onChange={() => choose(id, [])} />
            <span>{label}</span>
          </label>
        ))}
      </div>
      {offered.length > 0 && (
        <div className="people-picker">
          {offered.map(({ id, label }) => (
            <label key={id} className="choice choice-person">
              <input
                type="checkbox"
                checked={chosen.includes(id)}
                onChange={event => toggle(id, event.target.checked)}
              />
              {label}
            </label>
          ))}
        </div>
      )}
      {kind === 'users' && <PeoplePicker chosen={chosen} onChange={ids => choose('users', ids)} />}
    </fieldset>
  );
}
