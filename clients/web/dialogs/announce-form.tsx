// Writes an announcement: what, how grave, for whom, from when until when; and shows it as people will see it.
import { type FormEvent, useId, useState } from 'react';
import { followUpOf } from '../../../shared/follow-up.ts';
import type { Announcement, Audience, CallInput } from '../../js/index.ts';
import { AnnouncementBody } from '../components/announcement-bars.tsx';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { AudiencePicker } from './audience-picker.tsx';
import { DialogError } from './dialog-frame.tsx';

type Level = Announcement['level'];
const levels: { id: Level; label: string }[] = [
  { id: 'info', label: 'Calm' },
  { id: 'warning', label: 'Warning' },
  { id: 'critical', label: 'Important' },
];
const steps = { remind: 'shown again', email: 'told by e-mail', push: 'by Web Push', sms: 'by SMS' } as const;

export function AnnounceForm({ sent }: { sent(id: string): void }) {
  const { court, me } = useWorkspace();
  const [text, setText] = useState('');
  const [level, setLevel] = useState<Level>('info');
  const [requireAck, setRequireAck] = useState(false);
  const [audience, setAudience] = useState<Audience | undefined>({ all: true });
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  // Names it from the first try on, so that a second try is not a second announcement.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const id = useId();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!audience) return setError('Choose for whom it is.');
    const form = new FormData(event.currentTarget);
    const time = (name: string) => {
      const value = String(form.get(name) ?? '');
      return value ? { [name]: new Date(value).toISOString() } : {};
    };
    setBusy(true);
    setError(undefined);
    try {
      const input: CallInput<'announce:send'> = {
        key,
        text,
        level,
        audience,
        requireAck,
        ...time('from'),
        ...time('until'),
      };
      sent((await court.call('announce:send', input)).id);
    } catch (failure) {
      const { code, message } = failure as Error & { code?: string };
      // What was refused may be written anew; what is unknown must be asked again as it was.
      if (code !== 'unknown') setKey(crypto.randomUUID());
      setError(message);
      setBusy(false);
    }
  };

  const follows = Object.entries(followUpOf(level, requireAck)).map(
    ([step, seconds]) => `${steps[step as keyof typeof steps]} after ${duration(seconds)}`,
  );
  const now = new Date().toISOString();
  return (
    <form onSubmit={submit} className="announce">
      <div className="field">
        <label htmlFor={`${id}-text`}>What to say</label>
        <textarea
          id={`${id}-text`}
          rows={3}
          required
          value={text}
          // biome-ignore lint/a11y/noAutofocus: it is what the dialog is for
          autoFocus
          onChange={event => setText(event.target.value)}
        />
      </div>
      <fieldset className="choices">
        <legend>How it shows</legend>
        <div className="segments">
          {levels.map(({ id: one, label }) => (
            <label key={one} className="segment">
              <input type="radio" name="level" checked={level === one} onChange={() => setLevel(one)} />
              <span>{label}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <AudiencePicker onChange={setAudience} />
      <div className="times">
        {(['from', 'until'] as const).map(name => (
          <div key={name} className="field">
            <label htmlFor={`${id}-${name}`}>
              {name === 'from' ? 'Begins' : 'Ends'} <span className="optional">optional</span>
            </label>
            <input id={`${id}-${name}`} name={name} type="datetime-local" />
          </div>
        ))}
      </div>
      <label className="choice">
        <input type="checkbox" checked={requireAck} onChange={event => setRequireAck(event.target.checked)} />
        <span>
          <strong>Ask everybody to acknowledge it</strong>
          <small>
            {follows.length > 0 ? `Who does not is ${follows.join(', ')}.` : 'Others may simply close it.'}
          </small>
        </span>
      </label>
      {text.trim() && (
        <section className="preview" aria-label="Preview">
          <div className={`announcement announcement-${level} announcement-alone`}>
            <AnnouncementBody
              announcement={{ id: key, text, level, by: me.id, byName: me.name, at: now, requireAck }}
            />
          </div>
        </section>
      )}
      <DialogError error={error} />
      <footer className="dialog-foot">
        <button type="submit" className="button primary" disabled={busy || !text.trim() || !audience}>
          Announce
        </button>
      </footer>
    </form>
  );
}

function duration(seconds: number): string {
  const [amount, unit] =
    seconds < 3600
      ? [seconds / 60, 'minute']
      : seconds < 86_400
        ? [seconds / 3600, 'hour']
        : [seconds / 86_400, 'day'];
  const count = Math.round(amount);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
