// What one wishes: by which channels, for which words, and when not.
import { type FormEvent, useEffect, useId, useState } from 'react';
import type { NoticeWishes } from '../../js/index.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { DialogError } from './dialog-frame.tsx';
import { PushHere } from './push-here.tsx';

type Channel = keyof NoticeWishes['channels'];

const channels: { id: Channel; label: string; to: string; none: string }[] = [
  {
    id: 'email',
    label: 'By e-mail',
    to: 'To the address you registered with',
    none: 'You have no e-mail address here',
  },
  {
    id: 'push',
    label: 'On your devices',
    to: 'Where you turned it on, also while no page is open',
    none: 'On none so far',
  },
  {
    id: 'sms',
    label: 'By SMS',
    to: 'To your number',
    none: 'An administrator has to write down your number',
  },
];
const NIGHT = { from: '22:00', to: '07:00' };
const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function NotificationWishes() {
  const { court } = useWorkspace();
  const [wishes, setWishes] = useState<NoticeWishes>();
  const [quiet, setQuiet] = useState(false);
  const [error, setError] = useState<string>();
  const [saved, setSaved] = useState(false);
  const id = useId();

  useEffect(() => {
    let shown = true;
    court.call('notify:get', {}).then(
      found => {
        if (!shown) return;
        setWishes(found);
        setQuiet(found.quiet !== null);
      },
      failure => shown && setError((failure as Error).message),
    );
    return () => {
      shown = false;
    };
  }, [court]);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '');
    const offered = channels.filter(one => wishes?.channels[one.id].offered);
    setError(undefined);
    try {
      await court.call('notify:set', {
        channels: Object.fromEntries(offered.map(one => [one.id, form.has(one.id)])),
        keywords: text('keywords')
          .split(',')
          .map(word => word.trim())
          .filter(Boolean),
        quiet: quiet ? { from: text('from'), to: text('to'), zone: zone() } : null,
      });
      setSaved(true);
    } catch (failure) {
      setError((failure as Error).message);
    }
  };

  if (!wishes) return <DialogError error={error} />;
  const { from, to } = wishes.quiet ?? NIGHT;
  return (
    <form onSubmit={submit} onChange={() => setSaved(false)}>
      <p className="dialog-text">
        When somebody names you, writes to you or answers you while you are away, you are told after a little
        while, unless you have read it by then.
      </p>
      <fieldset className="choices">
        <legend>Tell me</legend>
        {channels
          .filter(one => wishes.channels[one.id].offered)
          .map(one => (
            <label key={one.id} className="choice">
              <input type="checkbox" name={one.id} defaultChecked={wishes.channels[one.id].on} />
              <span>
                <strong>{one.label}</strong>
                <small>{wishes.channels[one.id].address ? one.to : one.none}</small>
              </span>
            </label>
          ))}
        <PushHere />
      </fieldset>
      <div className="field">
        <label htmlFor={`${id}-keywords`}>
          Keywords <span className="optional">optional</span>
        </label>
        <input
          id={`${id}-keywords`}
          name="keywords"
          defaultValue={wishes.keywords.join(', ')}
          placeholder="roof, opening night"
          autoComplete="off"
          aria-describedby={`${id}-keywords-hint`}
        />
        <small className="hint" id={`${id}-keywords-hint`}>
          With commas between them. A message that holds one is told to you like one that names you.
        </small>
      </div>
      <fieldset className="choices">
        <legend>Quiet hours</legend>
        <label className="choice">
          <input type="checkbox" checked={quiet} onChange={event => setQuiet(event.target.checked)} />
          <span>
            <strong>Tell me nothing at certain hours</strong>
            <small>By the clock of {zone()}</small>
          </span>
        </label>
        {quiet && (
          <div className="times">
            <div className="field">
              <label htmlFor={`${id}-from`}>From</label>
              <input id={`${id}-from`} name="from" type="time" required defaultValue={from} />
            </div>
            <div className="field">
              <label htmlFor={`${id}-to`}>Until</label>
              <input id={`${id}-to`} name="to" type="time" required defaultValue={to} />
            </div>
          </div>
        )}
      </fieldset>
      <DialogError error={error} />
      <footer className="dialog-foot">
        <span className="hint" role="status">
          {saved && 'Saved.'}
        </span>
        <button type="submit" className="button primary">
          Save
        </button>
      </footer>
    </form>
  );
}
