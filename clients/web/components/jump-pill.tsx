// The way back to the newest message, for who has scrolled away.
import { Icon } from './icons.tsx';

export function JumpPill({ unread, onClick }: { unread: number; onClick(): void }) {
  return (
    <button type="button" className={unread > 0 ? 'pill pill-news' : 'pill'} onClick={onClick}>
      {unread > 0 ? `${unread} new ${unread === 1 ? 'message' : 'messages'}` : 'Jump to newest'}
      <Icon name="down" />
    </button>
  );
}
