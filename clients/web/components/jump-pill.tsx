// The way back to the newest message, for who has scrolled away; and where much is new, to have it told in short.
import { useRoute } from '../hooks/use-workspace.ts';
import { Icon } from './icons.tsx';
import { useRoomActions } from './room-context.ts';

/** So much is new that nobody wants to read it all. */
const MUCH = 20;

interface Props {
  unread: number;
  /** The last message read when the line was drawn. */
  after: number | undefined;
  onClick(): void;
}

export function JumpPill({ unread, after, onClick }: Props) {
  const { recap } = useRoomActions();
  const open = useRoute().panel?.kind === 'recap';
  return (
    <div className="pills">
      {recap && !open && after !== undefined && unread >= MUCH && (
        <button type="button" className="pill" onClick={() => recap({ after })}>
          <Icon name="recap" />
          Summarize
        </button>
      )}
      <button type="button" className={unread > 0 ? 'pill pill-news' : 'pill'} onClick={onClick}>
        {unread > 0 ? `${unread} new ${unread === 1 ? 'message' : 'messages'}` : 'Jump to newest'}
        <Icon name="down" />
      </button>
    </div>
  );
}
