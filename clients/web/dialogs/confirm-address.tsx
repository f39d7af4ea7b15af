// For whoever did not say yet that their address is theirs: nothing is mailed there before.
import { useEffect, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.ts';

export function ConfirmAddress() {
  const { court } = useWorkspace();
  const [email, setEmail] = useState<string>();
  const [answer, setAnswer] = useState<string>();

  useEffect(() => {
    const left = new AbortController();
    court.call('contact:get', {}, { signal: left.signal }).then(
      contact => setEmail(contact.email),
      // Without an answer there is one line less.
      () => undefined,
    );
    return () => left.abort();
  }, [court]);

  if (email === undefined) return null;
  const ask = () =>
    court.call('contact:confirm', {}).then(
      () => setAnswer('A mail with a link is on its way.'),
      failure => setAnswer((failure as Error).message),
    );
  return (
    <div className="push-here">
      <span className="hint" role="status">
        {answer ?? `You have not confirmed ${email} yet.`}
      </span>
      <button type="button" className="button small" onClick={() => void ask()}>
        Send me the link again
      </button>
    </div>
  );
}
