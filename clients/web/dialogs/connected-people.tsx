// Who is connected, on whichever node, each with a button that ends the connection.
import { useCallback, useEffect, useState } from 'react';
import type { CallData } from '../../js/index.ts';
import { dayWords, timeWords } from '../components/dates.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { DialogError } from './dialog-frame.tsx';

const PAGE = 100;

export function ConnectedPeople() {
  const { court } = useWorkspace();
  const [page, setPage] = useState<CallData<'admin:sessions'>>();
  const [error, setError] = useState<string>();
  const look = useCallback(
    () =>
      court
        .call('admin:sessions', { limit: PAGE })
        .then(setPage, failure => setError((failure as Error).message)),
    [court],
  );
  useEffect(() => void look(), [look]);
  const end = async (socket: string) => {
    setError(undefined);
    try {
      await court.call('admin:disconnect', { socket });
      await look();
    } catch (failure) {
      setError((failure as Error).message);
    }
  };
  return (
    <div className="browse">
      <DialogError error={error} />
      {page && page.missing.length > 0 && (
        <p className="dialog-text">No answer from {page.missing.join(', ')}.</p>
      )}
      <ul>
        {page?.sessions.map(one => (
          <li key={one.socket} className="connected">
            <span>
              <strong>{one.name}</strong>
              <small>
                {one.role} · {one.client ?? 'a client without a name'} · {one.address} · {one.node} · since{' '}
                {dayWords(one.since)}, {timeWords(one.since)}
              </small>
            </span>
            <button
              type="button"
              className="button"
              aria-label={`Disconnect ${one.name}`}
              onClick={() => end(one.socket)}
            >
              Disconnect
            </button>
          </li>
        ))}
      </ul>
      {page?.cursor && (
        <p className="dialog-text">These are the first {PAGE}; "court user sessions" lists all.</p>
      )}
    </div>
  );
}
