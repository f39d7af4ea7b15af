// Chooses between the door and the rooms.
import { Boundary } from './components/boundary.tsx';
import { Mark } from './components/icons.tsx';
import { SignIn } from './components/sign-in.tsx';
import { WorkspaceView } from './components/workspace-view.tsx';
import { useStore } from './hooks/use-store.ts';
import { WorkspaceContext } from './hooks/use-workspace.ts';
import type { Session } from './state/session.ts';

export function App({ session }: { session: Session }) {
  const state = useStore(session);
  return (
    <Boundary fallback={error => <Broken error={error} />}>
      {state.status === 'starting' && (
        <div className="splash">
          <Mark />
          <p role="status">Opening the court…</p>
        </div>
      )}
      {state.status === 'signed-out' && <SignIn session={session} notice={state.notice} />}
      {state.status === 'signed-in' && (
        <WorkspaceContext value={state.workspace} key={state.user.id}>
          <WorkspaceView signOut={session.signOut} />
        </WorkspaceContext>
      )}
    </Boundary>
  );
}

function Broken({ error }: { error: Error }) {
  return (
    <div className="splash" role="alert">
      <Mark />
      <h1>This page has stumbled</h1>
      <p>{error.message}</p>
      <p>Nothing you wrote is lost. Load the page again to go on.</p>
      <button type="button" className="button primary" onClick={() => location.reload()}>
        Load again
      </button>
    </div>
  );
}
