// A room one is not in: what it is, if it is open to everybody, and the way in.
import { useEffect, useState } from 'react';
import type { ListedRoom } from '../../js/index.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { WelcomeFrame } from './welcome-frame.tsx';

export function JoinCard({ id, openDrawer }: { id: string; openDrawer(): void }) {
  const { court, rooms } = useWorkspace();
  const [found, setFound] = useState<ListedRoom | 'none'>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    let here = true;
    court.rooms('public').then(
      all => here && setFound(all.find(room => room.id === id) ?? 'none'),
      failure => here && setError((failure as Error).message),
    );
    return () => {
      here = false;
    };
  }, [court, id]);

  const join = async () => {
    setBusy(true);
    try {
      await rooms.join(id);
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };

  return (
    <WelcomeFrame openDrawer={openDrawer}>
      {found === undefined && !error && <p role="status">Looking for this room…</p>}
      {found === 'none' && (
        <>
          <h1>No such room</h1>
          <p>It does not exist, or it is private and you are not in it.</p>
        </>
      )}
      {typeof found === 'object' && (
        <>
          <h1>{found.title}</h1>
          {found.topic && <p>{found.topic}</p>}
          <button type="button" className="button primary" disabled={busy} onClick={join}>
            Join this room
          </button>
        </>
      )}
      {error && (
        <p className="note note-error" role="alert">
          {error}
        </p>
      )}
    </WelcomeFrame>
  );
}
