// Something secret, to be copied now or never.
import { useId, useState } from 'react';

export interface Secret {
  readonly name: string;
  readonly kind: 'address' | 'secret';
  readonly value: string;
  /** Of a new secret: until when the old one signs, too. */
  readonly until?: string | undefined;
}

export function ShownOnce({ secret: { name, kind, value, until }, done }: { secret: Secret; done(): void }) {
  const [copied, setCopied] = useState<'yes' | 'no'>();
  const id = useId();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied('yes');
    } catch {
      // Where pages may not write to the clipboard, people do.
      (document.getElementById(id) as HTMLInputElement | null)?.select();
      setCopied('no');
    }
  };
  const words =
    kind === 'address'
      ? 'Whoever has this address can write here. Keep it as you keep a password.'
      : `It signs what is sent; the receiver needs it to know that it is ours.${until ? ` The old one signs too until ${new Date(until).toLocaleString()}.` : ''}`;
  return (
    <section className="shown-once" aria-label={`The ${kind} of ${name}`}>
      <label htmlFor={id}>
        <strong>{name}</strong>: this {kind} is shown once
      </label>
      <div>
        <input id={id} readOnly value={value} spellCheck={false} onFocus={event => event.target.select()} />
        <button type="button" className="button primary" onClick={copy}>
          Copy
        </button>
      </div>
      <p>
        <span role="status">
          {copied === 'yes' && 'Copied. '}
          {copied === 'no' && 'Copy it by hand: it is selected. '}
        </span>
        {words}{' '}
        <button type="button" className="link" onClick={done}>
          I have it
        </button>
      </p>
    </section>
  );
}
