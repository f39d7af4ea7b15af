// How far one announcement has come, as it goes: who has got it, who has acknowledged it, who is missing and how they were told.
import { useCallback, useEffect, useState } from 'react';
import type { CallData } from '../../js/index.ts';
import { AnnouncementBody } from '../components/announcement-bars.tsx';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { DialogError } from './dialog-frame.tsx';

type Status = CallData<'announce:status'>;

const PAGE = 50;
const ways = { email: 'e-mail', push: 'Web Push', sms: 'SMS' } as const;

export function AnnouncementProgress({ id, back }: { id: string; back(): void }) {
  const { court } = useWorkspace();
  const [status, setStatus] = useState<Status>();
  const [limit, setLimit] = useState(PAGE);
  const [error, setError] = useState<string>();
  const [note, setNote] = useState<string>();

  const look = useCallback(
    () =>
      court
        .call('announce:status', { id, limit, watch: true })
        .then(setStatus, failure => setError((failure as Error).message)),
    [court, id, limit],
  );
  useEffect(() => {
    void look();
    const offs = [
      court.on('push', ({ name, payload }) => {
        if (name === 'announcement:progress' && payload.id === id) void look();
      }),
      court.on('welcome', () => void look()),
    ];
    return () => {
      for (const off of offs) off();
      court.call('announce:status', { id, limit: 1, watch: false }).catch(() => undefined);
    };
  }, [court, id, look]);

  const act = async (action: () => Promise<string>) => {
    setError(undefined);
    try {
      setNote(await action());
      await look();
    } catch (failure) {
      setError((failure as Error).message);
    }
  };
  const remind = () =>
    act(async () => {
      const { reminded } = await court.call('announce:remind', { id });
      return `Shown again to ${reminded} ${reminded === 1 ? 'person' : 'people'}.`;
    });
  const cancel = () =>
    act(async () => {
      await court.call('announce:cancel', { id });
      return 'It is shown no more.';
    });

  if (!status) return <DialogError error={error} />;
  const { audience, delivered, acked, requireAck, pending, cursor, state, level } = status;
  const running = state === 'running';
  return (
    <div className="progress">
      <div className={`announcement announcement-${level} announcement-alone`}>
        <AnnouncementBody announcement={status} />
      </div>
      <Bar label="Delivered" done={delivered} of={audience} />
      {requireAck && <Bar label="Acknowledged" done={acked} of={audience} />}
      {pending.length > 0 && (
        <section className="missing" aria-label="Missing">
          <h3>{requireAck ? 'Not acknowledged yet' : 'Not here yet'}</h3>
          <ul>
            {pending.map(({ user, name, delivered: got, told, reminders }) => (
              <li key={user}>
                <span>{name}</span>
                <small>
                  {[
                    got ? 'has got it' : 'not here',
                    reminders > 0 && `reminded ${reminders === 1 ? 'once' : `${reminders} times`}`,
                    ...told.map(way => ways[way]),
                  ]
                    .filter(Boolean)
                    .join(', ')}
                </small>
              </li>
            ))}
          </ul>
          {cursor && limit < 200 && (
            <button type="button" className="link" onClick={() => setLimit(200)}>
              Show more
            </button>
          )}
        </section>
      )}
      <DialogError error={error} />
      {note && (
        <p className="note" role="status">
          {note}
        </p>
      )}
      <footer className="dialog-foot">
        <button type="button" className="button" onClick={back}>
          All announcements
        </button>
        {(running || state === 'scheduled') && (
          <button type="button" className="button" onClick={cancel}>
            End it
          </button>
        )}
        {running && requireAck && (
          <button type="button" className="button primary" disabled={acked === audience} onClick={remind}>
            Remind
          </button>
        )}
      </footer>
    </div>
  );
}

function Bar({ label, done, of }: { label: string; done: number; of: number }) {
  return (
    <label className="meter">
      <span>
        {label} <b>{done.toLocaleString()}</b> of {of.toLocaleString()}
      </span>
      <progress value={done} max={Math.max(of, 1)} />
    </label>
  );
}
