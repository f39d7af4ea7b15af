// Reports a message to those who moderate the room.
import { type FormEvent, useId, useState } from 'react';
import type { ReportReason, RoomMessage } from '../../js/index.ts';
import { useStore } from '../hooks/use-store.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { messageWords, plainText } from '../state/plain-text.ts';
import { reasonWords } from '../state/report-words.ts';
import { DialogError, DialogFrame } from './dialog-frame.tsx';

export function ReportMessage({ message, close }: { message: RoomMessage; close(): void }) {
  const { court, rooms } = useWorkspace();
  const kind = useStore(rooms).rooms.find(({ info }) => info.id === message.room)?.info.kind;
  const [reason, setReason] = useState<ReportReason>('abuse');
  const [attach, setAttach] = useState(false);
  const [sent, setSent] = useState(false);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const id = useId();
  const direct = kind === 'direct';

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const note = String(new FormData(event.currentTarget).get('note') ?? '').trim();
    setBusy(true);
    setError(undefined);
    try {
      await court.call('report:send', {
        ...{ room: message.room, target: message.id, id: crypto.randomUUID(), reason },
        ...{ attach: attach || direct, ...(note && { note }) },
      });
      setSent(true);
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };

  if (sent) {
    return (
      <DialogFrame title="Thank you" close={close}>
        <p className="dialog-text" role="status">
          {direct ? 'The administrators' : 'The moderators'} will look at it. Who wrote the message is not
          told who you are.
        </p>
        <footer className="dialog-foot">
          <button type="button" className="button primary" onClick={close}>
            Close
          </button>
        </footer>
      </DialogFrame>
    );
  }
  return (
    <DialogFrame title="Report this message" close={close}>
      <form onSubmit={submit}>
        <blockquote className="dialog-quote">{plainText(messageWords(message))}</blockquote>
        <fieldset className="choices">
          <legend>What is wrong with it</legend>
          {(Object.keys(reasonWords) as ReportReason[]).map(one => (
            <label key={one} className="choice">
              <input type="radio" name="reason" checked={reason === one} onChange={() => setReason(one)} />
              <span>{reasonWords[one]}</span>
            </label>
          ))}
        </fieldset>
        <div className="field">
          <label htmlFor={`${id}-note`}>
            What should they know <span className="optional">optional</span>
          </label>
          <input id={`${id}-note`} name="note" maxLength={1000} autoComplete="off" />
        </div>
        {kind === 'private' && (
          <label className="choice">
            <input type="checkbox" checked={attach} onChange={event => setAttach(event.target.checked)} />
            <span>
              <strong>Show it to the administrators, too</strong>
              <small>They are not in this room, and see nothing else of it.</small>
            </span>
          </label>
        )}
        {direct && (
          <p className="dialog-text">
            Nobody moderates what is between you: the administrators will see this message.
          </p>
        )}
        <DialogError error={error} />
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            Report
          </button>
        </footer>
      </form>
    </DialogFrame>
  );
}
