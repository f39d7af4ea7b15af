// Opens a room of one's own.
import { type FormEvent, useId, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { go } from '../state/route.ts';
import { DialogError, DialogFrame } from './dialog-frame.tsx';
import { PeoplePicker } from './people-picker.tsx';

const kinds = [
  { id: 'public', label: 'Public', hint: 'Everybody on this hub can find it and come in.' },
  { id: 'private', label: 'Private', hint: 'Only those who are added know of it.' },
] as const;

export function CreateRoom({ close }: { close(): void }) {
  const { rooms } = useWorkspace();
  const [members, setMembers] = useState<readonly string[]>([]);
  const [kind, setKind] = useState<(typeof kinds)[number]['id']>('public');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const id = useId();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const title = String(form.get('title')).trim();
    const topic = String(form.get('topic')).trim();
    setBusy(true);
    try {
      go({ room: await rooms.create({ title, kind, members: [...members], ...(topic && { topic }) }) });
      close();
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };

  return (
    <DialogFrame title="New room" close={close}>
      <form onSubmit={submit}>
        <div className="field">
          <label htmlFor={`${id}-title`}>Name</label>
          {/* biome-ignore lint/a11y/noAutofocus: it is what the dialog is for */}
          <input id={`${id}-title`} name="title" required maxLength={120} autoFocus autoComplete="off" />
        </div>
        <div className="field">
          <label htmlFor={`${id}-topic`}>
            Topic <span className="optional">optional</span>
          </label>
          <input id={`${id}-topic`} name="topic" maxLength={1000} autoComplete="off" />
        </div>
        <fieldset className="choices">
          <legend>Who may come in</legend>
          {kinds.map(choice => (
            <label key={choice.id} className="choice">
              <input
                type="radio"
                name="kind"
                checked={kind === choice.id}
                onChange={() => setKind(choice.id)}
              />
              <span>
                <strong>{choice.label}</strong>
                <small>{choice.hint}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <PeoplePicker chosen={members} onChange={setMembers} />
        <DialogError error={error} />
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            Create room
          </button>
        </footer>
      </form>
    </DialogFrame>
  );
}
