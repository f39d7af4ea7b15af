// Decides on one report: nothing, or the message goes, or its author is muted or banned, for a while or until somebody lifts it.
import { type FormEvent, useState } from 'react';
import type { CallInput, Report, ReportAction } from '../../js/index.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { DialogError } from './dialog-frame.tsx';

const actions: readonly [ReportAction, string][] = [
  ['dismiss', 'Leave it as it is'],
  ['delete', 'Delete the message'],
  ['mute', 'Mute the author'],
  ['ban', 'Ban the author'],
];
const DAY = 86_400_000;
const times: readonly [string, string, number | undefined][] = [
  ['day', 'for a day', DAY],
  ['week', 'for a week', 7 * DAY],
  ['month', 'for a month', 30 * DAY],
  ['ever', 'until it is lifted', undefined],
];

export function SettleForm({ report }: { report: Report }) {
  const { reports } = useWorkspace();
  const [action, setAction] = useState<ReportAction>('dismiss');
  const [time, setTime] = useState('week');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const person = action === 'mute' || action === 'ban';

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const note = String(form.get('note') ?? '').trim();
    const lasts = times.find(([key]) => key === time)?.[2];
    const wish: CallInput<'report:settle'> = {
      id: report.id,
      action,
      ...(note && { note }),
      ...(person && form.get('delete') === 'on' && { delete: true }),
      ...(person && lasts !== undefined && { until: new Date(Date.now() + lasts).toISOString() }),
    };
    setBusy(true);
    setError(undefined);
    try {
      await reports.settle(wish);
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };

  return (
    <form className="settle" onSubmit={submit}>
      <select
        aria-label="What to do"
        value={action}
        onChange={({ target }) => setAction(target.value as ReportAction)}
      >
        {actions.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
      {person && (
        <select aria-label="For how long" value={time} onChange={({ target }) => setTime(target.value)}>
          {times.map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
      )}
      {person && !report.deleted && (
        <label>
          <input type="checkbox" name="delete" defaultChecked /> and delete the message
        </label>
      )}
      <input
        name="note"
        aria-label="Note for other moderators"
        placeholder="Note"
        maxLength={1000}
        autoComplete="off"
      />
      <button type="submit" className="button small" disabled={busy}>
        Settle
      </button>
      <DialogError error={error} />
    </form>
  );
}
