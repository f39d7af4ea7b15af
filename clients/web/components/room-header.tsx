// The head of a room: its name and topic, who is there, what is pinned and shared, and the way out.
import { useState } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';
import type { RoomSnapshot } from '../../js/index.ts';
import { useRoomLevel } from '../hooks/use-room-level.ts';
import { usePresence, useRoute, useWorkspace } from '../hooks/use-workspace.ts';
import type { RoomEntry } from '../state/room-list.ts';
import { go, type Panel } from '../state/route.ts';
import { PresenceDot, statusWords } from './avatar.tsx';
import { Icon, type IconName } from './icons.tsx';
import { LevelItems, levelOf } from './level-items.tsx';
import { useRoomActions } from './room-context.ts';
import { statusText } from './status-text.ts';
import type { DialogName } from './workspace-view.tsx';

interface Props {
  entry: RoomEntry;
  snapshot: RoomSnapshot;
  openDrawer(): void;
  openDialog(dialog: DialogName): void;
}

export function RoomHeader({ entry, snapshot, openDrawer, openDialog }: Props) {
  const { court, me, rooms } = useWorkspace();
  const { room, moderates } = useRoomActions();
  const [error, setError] = useState<string>();
  const { info, title } = entry;
  const [other] = info.with ?? [];
  const { level, until, look, choose } = useRoomLevel(court, info);
  const pins = snapshot.messages.filter(({ pinned }) => pinned).length;

  const act = async (key: string) => {
    if (key === 'add') return openDialog('add-people');
    if (key === 'webhooks') return openDialog('webhooks');
    setError(undefined);
    const wanted = levelOf(key);
    try {
      if (wanted) return await choose(wanted);
      if (key === 'ai') return void (await court.call('room:update', { room: room.id, ai: !info.ai }));
      await rooms.leave(info.id);
      go({});
    } catch (failure) {
      setError((failure as Error).message);
    }
  };

  return (
    <header className="room-head">
      <button type="button" className="tool only-narrow" aria-label="Open the room list" onClick={openDrawer}>
        <Icon name="menu" />
      </button>
      <div className="room-title">
        <h1>
          {info.kind === 'direct' ? other && <PresenceDot user={other.user} /> : null}
          {title}
        </h1>
        <p>
          {error ? (
            <span className="composer-warning" role="alert">
              {error}
            </span>
          ) : info.kind === 'direct' && other ? (
            <StatusOf user={other.user} />
          ) : (
            info.topic
          )}
        </p>
      </div>
      {info.ai && <PanelButton kind="recap" icon="recap" label="Recap" />}
      <PanelButton kind="files" icon="clip" label="Files" />
      {pins > 0 && <PanelButton kind="pins" icon="pin" label="Pinned" count={pins} />}
      {snapshot.memberCount > 0 && (
        <PanelButton kind="people" icon="people" label="People" count={snapshot.memberCount} />
      )}
      <MenuTrigger onOpenChange={open => void (open && look().catch(() => undefined))}>
        <Button className="tool" aria-label="More about this room">
          <Icon name="more" />
        </Button>
        <Popover className="popover" placement="bottom end">
          <Menu className="menu" aria-label="Room" onAction={key => void act(String(key))}>
            {moderates && info.kind !== 'direct' ? (
              <MenuItem id="add" className="menu-item" textValue="Add people">
                <span>Add people</span>
              </MenuItem>
            ) : null}
            {(moderates || me.role === 'admin') && info.kind !== 'direct' ? (
              <MenuItem id="webhooks" className="menu-item" textValue="Webhooks">
                <span>Webhooks</span>
                <small>Programs that speak or listen here</small>
              </MenuItem>
            ) : null}
            {moderates ? (
              <MenuItem id="ai" className="menu-item" textValue={aiWords(info.ai)}>
                <span>{aiWords(info.ai)}</span>
                <small>For everybody in this room</small>
              </MenuItem>
            ) : null}
            <LevelItems level={level} until={until} />
            <Separator className="menu-line" />
            <MenuItem id="leave" className="menu-item" textValue="Leave this room">
              <span>Leave this room</span>
              {info.kind === 'private' && <small>You can come back only if somebody adds you</small>}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
    </header>
  );
}

const aiWords = (on: boolean) => (on ? 'Turn summaries off' : 'Turn summaries on');

function StatusOf({ user }: { user: string }) {
  const presence = usePresence(user);
  return (presence && statusText(presence)) ?? statusWords[presence?.status ?? 'offline'];
}

interface PanelButtonProps {
  kind: Exclude<Panel['kind'], 'thread' | 'search'>;
  icon: IconName;
  label: string;
  count?: number;
}

function PanelButton({ kind, icon, label, count }: PanelButtonProps) {
  const { room } = useRoomActions();
  const open = useRoute().panel?.kind === kind;
  return (
    <button
      type="button"
      className="tool tool-count"
      aria-label={count === undefined ? label : `${label}, ${count}`}
      aria-expanded={open}
      title={label}
      onClick={() => go(open ? { room: room.id } : { room: room.id, panel: { kind } })}
    >
      <Icon name={icon} />
      {count}
    </button>
  );
}
