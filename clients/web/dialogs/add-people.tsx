// Brings people into a room.
import { type FormEvent, useMemo, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { DialogError, DialogFrame } from './dialog-frame.tsx';
import { PeoplePicker } from './people-picker.tsx';

export function AddPeople({ room, close }: { room: string; close(): void }) {
  const { court, people } = useWorkspace();
  const members = court.room(room).snapshot.members;
  const present = useMemo(() => new Set(members?.map(({ user }) => user)), [members]);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const strangers = people.all().some(({ id }) => !present.has(id));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      for (const user of chosen) await court.call('member:add', { room, user });
      close();
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };

  return (
    <DialogFrame title="Add people" close={close}>
      <form onSubmit={submit}>
        {strangers ? (
          <PeoplePicker chosen={chosen} without={present} onChange={setChosen} />
        ) : (
          <p className="dialog-text">
            Everybody you know is here already. People become known by sharing a room with you.
          </p>
        )}
        <DialogError error={error} />
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={busy || chosen.length === 0}>
            Add
          </button>
        </footer>
      </form>
    </DialogFrame>
  );
}
