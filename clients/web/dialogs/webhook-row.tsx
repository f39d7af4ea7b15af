// One webhook: how it fares, and what can be done about it.
import { useState } from 'react';
import type { Hook } from '../../js/index.ts';
import { dayWords, timeWords } from '../components/dates.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import type { Secret } from './shown-once.tsx';

interface Props {
  hook: Hook;
  show(secret: Secret | undefined): void;
  changed(): Promise<void>;
}

export function WebhookRow({ hook, show, changed }: Props) {
  const { court } = useWorkspace();
  const { id, name, direction, state, site } = hook;
  const [note, setNote] = useState<{ words: string; failed?: boolean }>();
  const [asking, setAsking] = useState<'renew' | 'remove'>();
  const [busy, setBusy] = useState(false);

  const act = async (action: () => Promise<string | undefined>) => {
    setBusy(true);
    setNote(undefined);
    setAsking(undefined);
    try {
      const words = await action();
      if (words) setNote({ words });
      await changed();
    } catch (failure) {
      setNote({ words: (failure as Error).message, failed: true });
    }
    setBusy(false);
  };
  const tryIt = () =>
    act(async () => {
      const { status, error, ms } = await court.call('hook:test', { id });
      if (error) throw new Error(error);
      return `It answered with ${status} in ${ms} ms.`;
    });
  const resume = () =>
    act(async () => {
      await court.call('hook:resume', { id });
      return 'It goes on.';
    });
  const renew = () =>
    act(async () => {
      const { url, secret = '', until } = await court.call('hook:renew', { id });
      show(url ? { name, kind: 'address', value: url } : { name, kind: 'secret', value: secret, until });
      return undefined;
    });
  const remove = () =>
    act(async () => {
      await court.call('hook:remove', { id });
      return undefined;
    });

  const questions = {
    renew:
      direction === 'in'
        ? 'Its address stops working at once.'
        : 'A new secret signs beside the old one for a day.',
    remove: 'It ends for good. What it said stays.',
  };
  return (
    <li className="webhook" aria-label={name}>
      <span className={`webhook-state webhook-${state}`} title={state} />
      <div className="webhook-words">
        <strong>{name}</strong>
        <small>{direction === 'in' ? 'speaks here' : `hears, at ${site}`}</small>
        <small className={state === 'on' ? undefined : 'webhook-trouble'}>{standing(hook)}</small>
        {note && (
          <small
            role={note.failed ? 'alert' : 'status'}
            className={note.failed ? 'webhook-trouble' : undefined}
          >
            {note.words}
          </small>
        )}
      </div>
      {asking ? (
        <div className="webhook-acts">
          <small>{questions[asking]}</small>
          <button type="button" className="button small" onClick={() => setAsking(undefined)}>
            Keep it
          </button>
          <button
            type="button"
            className={`button small ${asking === 'remove' ? 'danger' : 'primary'}`}
            onClick={asking === 'remove' ? remove : renew}
          >
            {asking === 'remove' ? 'Remove' : 'Renew'}
          </button>
        </div>
      ) : (
        <div className="webhook-acts">
          {state !== 'on' && (
            <button type="button" className="button small primary" disabled={busy} onClick={resume}>
              Go on
            </button>
          )}
          {direction === 'out' && (
            <button type="button" className="button small" disabled={busy} onClick={tryIt}>
              Try it
            </button>
          )}
          <button type="button" className="button small" disabled={busy} onClick={() => setAsking('renew')}>
            Renew…
          </button>
          <button type="button" className="button small" disabled={busy} onClick={() => setAsking('remove')}>
            Remove…
          </button>
        </div>
      )}
    </li>
  );
}

function standing({
  direction,
  state,
  reason,
  behind = 0,
  failures = 0,
  lastStatus,
  lastError,
  lastAt,
}: Hook): string {
  const when = lastAt && `${dayWords(lastAt)}, ${timeWords(lastAt)}`;
  if (state !== 'on')
    return `${state === 'ended' ? 'Ended' : 'Paused'}: ${reason ?? 'somebody has to look after it.'}`;
  if (direction === 'in') return when ? `Last used: ${when}` : 'Not used yet';
  if (failures > 0)
    return `${failures} ${failures === 1 ? 'try' : 'tries'} failed, it is tried again: ${lastError ?? ''}`;
  if (!when) return 'Nothing sent yet';
  return `Last answer: ${lastStatus ?? 'none'}, ${when}${behind > 0 ? `; ${behind} to go` : ''}`;
}
