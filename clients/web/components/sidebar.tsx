// The rooms one is in, apart from the conversations with single people; below them oneself.
import { memo } from 'react';
import { arrowKeys } from '../hooks/use-arrow-keys.ts';
import { openSearch } from '../hooks/use-search-keys.ts';
import { useStore } from '../hooks/use-store.ts';
import { useRoute, useWorkspace } from '../hooks/use-workspace.ts';
import type { RoomEntry } from '../state/room-list.ts';
import { routeHash } from '../state/route.ts';
import { Avatar } from './avatar.tsx';
import { Icon, Mark } from './icons.tsx';
import { OwnStatus } from './own-status.tsx';
import { ReportsButton } from './reports-button.tsx';
import type { DialogName } from './workspace-view.tsx';

interface Props {
  open(dialog: DialogName): void;
  signOut(): Promise<void>;
}

const onArrow = arrowKeys();

export function Sidebar({ open, signOut }: Props) {
  const { rooms, me } = useWorkspace();
  const { rooms: all } = useStore(rooms);
  const here = useRoute().room;
  const section = (direct: boolean) =>
    all
      .filter(({ info }) => (info.kind === 'direct') === direct)
      .map(entry => <RoomLink key={entry.info.id} entry={entry} here={entry.info.id === here} />);
  const direct = section(true);

  return (
    <nav className="sidebar" aria-label="Rooms" data-region>
      <p className="wordmark">
        <Mark /> First Court
      </p>
      {here && (
        <button type="button" className="search-open" onClick={() => openSearch(here)}>
          <Icon name="search" />
          Search <kbd>Ctrl K</kbd>
        </button>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys only move between the links inside */}
      <div className="sidebar-list" onKeyDown={onArrow}>
        <div className="sidebar-head">
          <h2>Rooms</h2>
          <button
            type="button"
            className="tool"
            aria-label="Browse rooms"
            title="Browse rooms"
            onClick={() => open('browse')}
          >
            <Icon name="compass" />
          </button>
          {me.role !== 'guest' && (
            <button
              type="button"
              className="tool"
              aria-label="New room"
              title="New room"
              onClick={() => open('create')}
            >
              <Icon name="plus" />
            </button>
          )}
        </div>
        <ul>{section(false)}</ul>
        {direct.length > 0 && (
          <>
            <div className="sidebar-head">
              <h2>Between us</h2>
            </div>
            <ul>{direct}</ul>
          </>
        )}
      </div>
      <ReportsButton open={() => open('reports')} />
      {me.role === 'admin' && (
        <button type="button" className="search-open" onClick={() => open('announce')}>
          <Icon name="megaphone" />
          Announce
        </button>
      )}
      {me.role === 'admin' && (
        <button type="button" className="search-open" onClick={() => open('hub')}>
          <Icon name="gauge" />
          The hub
        </button>
      )}
      <OwnStatus signOut={signOut} />
    </nav>
  );
}

const RoomLink = memo(function RoomLink({ entry, here }: { entry: RoomEntry; here: boolean }) {
  const { info, title, unread, mentions } = entry;
  const [other] = info.with ?? [];
  return (
    <li>
      <a
        className="room-link"
        href={routeHash({ room: info.id })}
        aria-current={here ? 'page' : undefined}
        data-item
        data-unread={unread > 0 || undefined}
        {...(here && { 'data-region-focus': true })}
      >
        {info.kind === 'direct' && other ? (
          <Avatar user={other.user} size="s" presence />
        ) : (
          <Icon name={info.kind === 'public' ? 'hash' : 'lock'} />
        )}
        <span className="room-link-title">{title}</span>
        <Badge unread={unread} mentions={mentions} />
      </a>
    </li>
  );
});

function Badge({ unread, mentions }: { unread: number; mentions: number }) {
  if (unread === 0) return null;
  const words = `${unread} unread${mentions > 0 ? `, ${mentions} for you` : ''}`;
  return (
    <span className={mentions > 0 ? 'badge badge-mention' : 'badge'}>
      <span aria-hidden="true">
        {mentions > 0 && '@ '}
        {mentions > 0 ? count(mentions) : count(unread)}
      </span>
      <span className="sr-only">{words}</span>
    </span>
  );
}

const count = (number: number) => (number > 99 ? '99+' : number);
