// Why one is shown as one is: everything that says something, what won, and why.
import { useEffect, useState } from 'react';
import type { CallData } from '../../js/index.ts';
import { statusWords } from '../components/avatar.tsx';
import { timeWords } from '../components/dates.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { DialogError, DialogFrame } from './dialog-frame.tsx';

type Explained = CallData<'presence:explain'>;

const sources: Record<string, string> = {
  socket: 'A device',
  manual: 'Yourself',
  slack: 'Slack',
  gather: 'Gather',
  google: 'Google Calendar',
};

export function ExplainStatus({ close }: { close(): void }) {
  const { me, court } = useWorkspace();
  const [explained, setExplained] = useState<Explained>();
  const [error, setError] = useState<string>();

  useEffect(() => {
    const left = new AbortController();
    court.call('presence:explain', { user: me.id }, { signal: left.signal }).then(setExplained, failure => {
      if (!left.signal.aborted) setError((failure as Error).message);
    });
    return () => left.abort();
  }, [court, me.id]);

  return (
    <DialogFrame title="Why am I shown like this?" close={close}>
      <DialogError error={error} />
      {explained && (
        <>
          <p className="dialog-text">
            Others see you as <strong>{statusWords[explained.presence.status].toLowerCase()}</strong>.
          </p>
          <ul className="claims" aria-label="What is said of you">
            {explained.claims.map(claim => (
              <li key={`${claim.source} ${claim.part}`} className={claim.won ? 'claim claim-won' : 'claim'}>
                <strong>
                  {sources[claim.source] ?? claim.source}: {claim.status}
                </strong>
                {claim.won && <span className="tag">counts</span>}
                <span>
                  {claim.text}
                  {claim.until && ` until ${timeWords(claim.until)}`}
                </span>
                <small>{claim.why}</small>
              </li>
            ))}
          </ul>
        </>
      )}
    </DialogFrame>
  );
}
