// The last announcements, each with how far it has come.
import { useEffect, useState } from 'react';
import type { Announced } from '../../js/index.ts';
import { dayWords, timeWords } from '../components/dates.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { plainText } from '../state/plain-text.ts';
import { DialogError } from './dialog-frame.tsx';

const states = { scheduled: 'Scheduled', running: 'Running', ended: 'Over', cancelled: 'Cancelled' } as const;

export function AnnouncementsSent({ open }: { open(id: string): void }) {
  const { court } = useWorkspace();
  const [all, setAll] = useState<readonly Announced[]>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    court.call('announce:list', {}).then(
      ({ announcements }) => setAll(announcements),
      failure => setError((failure as Error).message),
    );
  }, [court]);
  return (
    <div className="browse">
      <DialogError error={error} />
      {all?.length === 0 && <p className="dialog-text">Nothing was announced yet.</p>}
      <ul>
        {all?.map(({ id, text, state, at, requireAck, acked, delivered, audience }) => (
          <li key={id}>
            <button type="button" className="browse-room" onClick={() => open(id)}>
              <span>
                <strong>{plainText(text).slice(0, 80)}</strong>
                <small>
                  {states[state]} · {dayWords(at)}, {timeWords(at)}
                </small>
              </span>
              <span className="announced-count">
                {requireAck ? acked : delivered} of {audience}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
