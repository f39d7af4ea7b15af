// One calm line about the connection or something the hub refused; nothing most of the time.
import { useState, useSyncExternalStore } from 'react';
import type { OutboxEntry } from '../../js/index.ts';
import { useStore } from '../hooks/use-store.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import type { CatchUpState } from '../state/catch-up.ts';
import { Icon } from './icons.tsx';

export function Banner() {
  const { catchUp, court, rooms, greeting } = useWorkspace();
  const [greeted, setGreeted] = useState(false);
  const state = useStore(catchUp);
  const { notice } = useStore(rooms);
  const words = sentence(state);
  return (
    <div className="banners" role="status">
      {words && (
        <div className={`banner banner-${state.kind}`}>
          <span className="banner-dot" aria-hidden="true" />
          <span>{words}</span>
          {state.kind === 'caught-up' && <Dismiss onClick={catchUp.dismiss} />}
          {state.kind === 'stopped' && (
            <button
              type="button"
              className="link"
              onClick={() => void court.connect().catch(() => undefined)}
            >
              Connect again
            </button>
          )}
        </div>
      )}
      {greeting && !greeted && (
        <div className="banner">
          <span>{greeting}</span>
          <Dismiss onClick={() => setGreeted(true)} />
        </div>
      )}
      {notice && (
        <div className="banner">
          <span>{notice}</span>
          <Dismiss onClick={rooms.dismiss} />
        </div>
      )}
      <Refused />
    </div>
  );
}

function sentence(state: CatchUpState): string | undefined {
  switch (state.kind) {
    case 'none':
      return undefined;
    case 'connecting':
      return 'Connecting…';
    case 'reconnecting':
      return 'Reconnecting… What you write is kept and sent then.';
    case 'offline':
      return 'You are offline. What you write is kept and sent when you are back.';
    case 'stopped':
      return `${state.message.replace(/\.$/, '')}.`;
    case 'caught-up': {
      if (state.partial) return 'You are back. You were away for long, so the newest messages are shown.';
      if (state.count === 0) return 'You are back. Nothing was said meanwhile.';
      return `${state.count} ${state.count === 1 ? 'message' : 'messages'} while you were away`;
    }
  }
}

const whats: Record<OutboxEntry['call'], string> = {
  'message:send': 'Your message',
  'message:edit': 'Your edit',
  'message:delete': 'The deletion',
  'message:react': 'Your reaction',
  'message:pin': 'The pin',
};

/** Refused messages show in their room; everything else that was refused shows here. */
function Refused() {
  const { court } = useWorkspace();
  const entries = useSyncExternalStore(
    listener => court.on('outbox', listener),
    () => court.outbox.entries,
  );
  const refused = entries.find(({ call, failed }) => failed && call !== 'message:send');
  if (!refused) return null;
  return (
    <div className="banner banner-refused">
      <span>
        {whats[refused.call]} was not accepted: {refused.failed?.message}
      </span>
      <button type="button" className="link" onClick={() => court.outbox.retry(refused.id)}>
        Try again
      </button>
      <Dismiss onClick={() => court.outbox.discard(refused.id)} />
    </div>
  );
}

function Dismiss({ onClick }: { onClick(): void }) {
  return (
    <button type="button" className="tool" aria-label="Dismiss" onClick={onClick}>
      <Icon name="close" />
    </button>
  );
}
