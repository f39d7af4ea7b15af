// The door: sign in, make an account, or come in as a guest.
import { type FormEvent, useId, useState } from 'react';
import { useGoogle } from '../hooks/use-google.ts';
import type { Session } from '../state/session.ts';
import { Colonnade } from './colonnade.tsx';
import { Mark } from './icons.tsx';

const modes = {
  login: { title: 'Welcome back', lead: 'Sign in to go on where you left.', action: 'Sign in' },
  register: {
    title: 'Make yourself at home',
    lead: 'An account keeps your rooms and your place.',
    action: 'Create account',
  },
  guest: {
    title: 'Just looking in',
    lead: 'A name is enough. Your visit ends when you sign out.',
    action: 'Come in',
  },
} as const;

type Mode = keyof typeof modes;
const links: Record<Mode, string> = {
  login: 'Sign in',
  register: 'Create an account',
  guest: 'Come in as a guest',
};

export function SignIn({ session, notice }: { session: Session; notice?: string | undefined }) {
  const [mode, setMode] = useState<Mode>('login');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const { title, lead, action } = modes[mode];
  const google = useGoogle();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await session.enter(mode, Object.fromEntries(new FormData(event.currentTarget)));
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };

  const change = (to: Mode) => {
    setMode(to);
    setError(undefined);
  };

  return (
    <div className="door">
      <div className="door-hall">
        <p className="wordmark">
          <Mark /> First Court
        </p>
        <p className="door-motto">A quiet place to talk things through.</p>
        <Colonnade />
      </div>
      <main className="door-form">
        <form onSubmit={submit} key={mode}>
          <h1>{title}</h1>
          <p className="door-lead">{lead}</p>
          {notice && !error && (
            <p className="note" role="status">
              {notice}
            </p>
          )}
          {mode !== 'login' && <Field label="Your name" name="name" autoComplete="name" maxLength={80} />}
          {mode !== 'guest' && <Field label="E-mail" name="email" type="email" autoComplete="username" />}
          {mode === 'login' && (
            <Field label="Password" name="password" type="password" autoComplete="current-password" />
          )}
          {mode === 'register' && (
            <Field
              label="Password"
              name="password"
              type="password"
              autoComplete="new-password"
              minLength={8}
              hint="At least 8 characters."
            />
          )}
          {error && (
            <p className="note note-error" role="alert">
              {error}
            </p>
          )}
          <button type="submit" className="button primary wide" disabled={busy}>
            {busy ? 'One moment…' : action}
          </button>
          {google && mode !== 'guest' && (
            <a className="button wide door-google" href="/api/auth/google">
              Continue with Google
            </a>
          )}
          <p className="door-else">
            {(Object.keys(links) as Mode[])
              .filter(other => other !== mode)
              .map(other => (
                <button type="button" className="link" key={other} onClick={() => change(other)}>
                  {links[other]}
                </button>
              ))}
          </p>
        </form>
      </main>
    </div>
  );
}

interface FieldProps {
  label: string;
  name: string;
  type?: string;
  autoComplete: string;
  minLength?: number;
  maxLength?: number;
  hint?: string;
}

function Field({ label, hint, type = 'text', ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} type={type} required aria-describedby={hint && `${id}-hint`} {...input} />
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}
