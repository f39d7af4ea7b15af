// What stands where a room would, for somebody who is in none.
import { useWorkspace } from '../hooks/use-workspace.ts';
import { WelcomeFrame } from './welcome-frame.tsx';
import type { DialogName } from './workspace-view.tsx';

interface Props {
  loaded: boolean;
  open(dialog: DialogName): void;
  openDrawer(): void;
}

export function Welcome({ loaded, open, openDrawer }: Props) {
  const { me } = useWorkspace();
  return (
    <WelcomeFrame openDrawer={openDrawer}>
      <h1>Good to see you, {me.name}</h1>
      {loaded ? (
        <>
          <p>You are in no room yet. Look around, or open one of your own.</p>
          <div className="welcome-actions">
            <button type="button" className="button primary" onClick={() => open('browse')}>
              Browse rooms
            </button>
            {me.role !== 'guest' && (
              <button type="button" className="button" onClick={() => open('create')}>
                New room
              </button>
            )}
          </div>
        </>
      ) : (
        <p role="status">Looking for your rooms…</p>
      )}
    </WelcomeFrame>
  );
}
