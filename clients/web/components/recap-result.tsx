// What became of a recap that was asked for: it grows, it is there, it failed, or nobody asked yet.
import { useCallback, useSyncExternalStore } from 'react';
import { type Recap, type RecapSnapshot, writtenBy } from '../../js/index.ts';
import { useStore } from '../hooks/use-store.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import type { LiveSummary } from '../state/recaps.ts';
import { Claims } from './claims.tsx';
import { dayWords, timeWords } from './dates.ts';
import { useRoomActions } from './room-context.ts';

export function RecapResult() {
  const { recaps } = useWorkspace();
  const { room } = useRoomActions();
  const { recap, live } = useStore(recaps.desk(room.id));
  const snapshot = useRecap(recap);
  if (!snapshot) return <Lately live={live} />;
  const { status, claims, citations, error } = snapshot;
  const words = claims.length === 1 ? '1 point' : `${claims.length} points`;
  return (
    <>
      <p className="sr-only" role="status">
        {status === 'running' && 'The recap is being written.'}
        {status === 'done' && `The recap is ready: ${words}.`}
      </p>
      {claims.length > 0 && <Claims claims={claims} citations={citations} growing={status === 'running'} />}
      {status === 'running' && (
        <div className="recap-running">
          <span className="recap-pulse">{claims.length > 0 ? 'Writing' : 'Reading'}</span>
          <button type="button" className="button small" onClick={() => recaps.cancel(room.id)}>
            Cancel
          </button>
        </div>
      )}
      {status === 'failed' && <Failed message={error?.message} />}
      {status === 'done' && <Done snapshot={snapshot} />}
    </>
  );
}

function Failed({ message }: { message: string | undefined }) {
  const { recaps } = useWorkspace();
  const { room } = useRoomActions();
  return (
    <div className="note note-error recap-failed" role="alert">
      <span>{message}</span>
      <button type="button" className="link" onClick={() => recaps.ask(room.id)}>
        Try again
      </button>
    </div>
  );
}

function Done({ snapshot: { summary, claims } }: { snapshot: RecapSnapshot }) {
  const { recaps } = useWorkspace();
  const { room, canPost } = useRoomActions();
  const { posting } = useStore(recaps.desk(room.id));
  const post = useRecap(posting);
  if (!summary) return null;
  if (claims.length === 0) {
    const found = summary.question ? 'Nothing in it answers that.' : 'Nothing to report.';
    return <p className="panel-text">{summary.upTo < summary.from ? 'Nothing was said here.' : found}</p>;
  }
  return (
    <footer className="recap-foot">
      <p>
        {writtenBy(summary)}
        {summary.clipped && ' Of the newest part: there was more than is read at once.'}
      </p>
      {post?.status === 'done' ? (
        <p role="status">Posted to the room.</p>
      ) : (
        <button
          type="button"
          className="button small"
          disabled={!canPost || post?.status === 'running'}
          onClick={() => recaps.post(room.id)}
        >
          {post?.status === 'running' ? 'Posting' : 'Post to room'}
        </button>
      )}
      {post?.error && (
        <p className="note note-error" role="alert">
          {post.error.message}
        </p>
      )}
    </footer>
  );
}

/** Before anybody asked: what the hub wrote by itself. */
function Lately({ live }: { live: LiveSummary | undefined }) {
  if (!live) {
    return (
      <p className="panel-text">
        What was said, in short, with a source behind every point. Only you see it.
      </p>
    );
  }
  return (
    <section aria-label="Lately in this room">
      <h3>
        Lately{' '}
        <span>
          {dayWords(live.at)}, {timeWords(live.at)}
        </span>
      </h3>
      <Claims claims={live.claims} citations={live.citations} />
      <footer className="recap-foot">
        <p>{writtenBy(live)}</p>
      </footer>
    </section>
  );
}

const nothing = () => () => {};

function useRecap(recap: Recap | undefined): RecapSnapshot | undefined {
  const look = useCallback(() => recap?.getSnapshot(), [recap]);
  return useSyncExternalStore(recap?.subscribe ?? nothing, look);
}
