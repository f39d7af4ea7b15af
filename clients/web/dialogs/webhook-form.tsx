// Makes a webhook: which way, under which name, and for one that hears where to and what of.
import { type FormEvent, useId, useState } from 'react';
import type { EventType } from '../../js/index.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { DialogError } from './dialog-frame.tsx';
import type { Secret } from './shown-once.tsx';

const ways = [
  {
    id: 'in',
    label: 'A program speaks here',
    hint: 'It gets an address to post to. Slack’s form works, too.',
  },
  { id: 'out', label: 'A program hears what happens', hint: 'Each entry is posted to its address, signed.' },
] as const;

const wishes: { id: string; label: string; events?: EventType[] }[] = [
  { id: 'new', label: 'New messages', events: ['message.created'] },
  {
    id: 'talk',
    label: 'Messages, edits and deletions',
    events: ['message.created', 'message.edited', 'message.deleted'],
  },
  { id: 'all', label: 'Everything' },
];

export function WebhookForm({ room, made }: { room: string; made(secret: Secret): void }) {
  const { court } = useWorkspace();
  const [way, setWay] = useState<'in' | 'out'>('in');
  const [wish, setWish] = useState('new');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const id = useId();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get('name')).trim();
    const events = wishes.find(one => one.id === wish)?.events;
    setBusy(true);
    setError(undefined);
    try {
      const { url, secret } = await court.call(
        'hook:create',
        way === 'in'
          ? { room, name, direction: way }
          : { room, name, direction: way, url: String(form.get('url')).trim(), ...(events && { events }) },
      );
      made(url ? { name, kind: 'address', value: url } : { name, kind: 'secret', value: secret ?? '' });
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };

  return (
    <form onSubmit={submit}>
      <fieldset className="choices">
        <legend>What it does</legend>
        {ways.map(choice => (
          <label key={choice.id} className="choice">
            <input type="radio" name="way" checked={way === choice.id} onChange={() => setWay(choice.id)} />
            <span>
              <strong>{choice.label}</strong>
              <small>{choice.hint}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="field">
        <label htmlFor={`${id}-name`}>Name</label>
        <input
          id={`${id}-name`}
          name="name"
          required
          maxLength={80}
          autoComplete="off"
          placeholder={way === 'in' ? 'Deploys' : 'Archive'}
        />
      </div>
      {way === 'out' && (
        <>
          <div className="field">
            <label htmlFor={`${id}-url`}>Address</label>
            <input
              id={`${id}-url`}
              name="url"
              type="url"
              required
              maxLength={2000}
              autoComplete="off"
              placeholder="https://"
            />
          </div>
          <fieldset className="choices">
            <legend>What it hears of</legend>
            <div className="segments">
              {wishes.map(choice => (
                <label key={choice.id} className="segment">
                  <input
                    type="radio"
                    name="wish"
                    checked={wish === choice.id}
                    onChange={() => setWish(choice.id)}
                  />
                  <span>{choice.label}</span>
                </label>
              ))}
            </div>
          </fieldset>
        </>
      )}
      <DialogError error={error} />
      <footer className="dialog-foot">
        <button type="submit" className="button primary" disabled={busy}>
          Create webhook
        </button>
      </footer>
    </form>
  );
}
