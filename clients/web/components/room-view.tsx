// One room: head, messages, composer, and the panel at its right. For somebody who is not in it, the way in.
import { useEffect, useMemo, useRef, useState } from 'react';
import { useArrival } from '../hooks/use-arrival.ts';
import { useAttachments } from '../hooks/use-attachments.ts';
import { useRoomDrop } from '../hooks/use-room-drop.ts';
import { useRoom, useRoute, useWorkspace } from '../hooks/use-workspace.ts';
import type { RoomEntry } from '../state/room-list.ts';
import { go } from '../state/route.ts';
import { Announcer } from './announcer.tsx';
import { Composer } from './composer.tsx';
import { DropVeil } from './drop-veil.tsx';
import { FilesPanel } from './files-panel.tsx';
import { JoinCard } from './join-card.tsx';
import { MembersPanel } from './members-panel.tsx';
import { type ListHandle, MessageList } from './message-list.tsx';
import { PinsPanel } from './pins-panel.tsx';
import { RecapPanel } from './recap-panel.tsx';
import { type RoomActions, RoomContext } from './room-context.ts';
import { RoomHeader } from './room-header.tsx';
import { SearchPanel } from './search-panel.tsx';
import { SharingLine } from './sharing-line.tsx';
import { ThreadPanel } from './thread-panel.tsx';
import { TypingLine } from './typing-line.tsx';
import { Whispers } from './whispers.tsx';
import type { DialogName } from './workspace-view.tsx';

interface Props {
  id: string;
  entry: RoomEntry | undefined;
  openDrawer(): void;
  openDialog(dialog: DialogName): void;
}

export function RoomView({ id, entry, openDrawer, openDialog }: Props) {
  const { court, recaps } = useWorkspace();
  const room = court.room(id);
  const snapshot = useRoom(id);
  const { panel, message } = useRoute();
  const [editing, setEditing] = useState<string>();
  const list = useRef<ListHandle>(null);
  const archived = entry?.info.archived ?? false;
  const moderates = snapshot.role === 'moderator' || snapshot.role === 'owner';
  const ai = entry?.info.ai ?? true;
  const label = entry?.info.kind === 'direct' ? entry.title : `#${entry?.title}`;

  const whole = useRef<HTMLDivElement>(null);
  const attached = useAttachments(id, id);
  const over = useRoomDrop(whole, id, !entry || archived ? undefined : attached.add);

  const actions = useMemo<RoomActions>(
    () => ({
      room,
      canPost: !archived,
      moderates,
      edit: setEditing,
      openThread: root => go({ room: id, panel: { kind: 'thread', root } }),
      closePanel: () => {
        go({ room: id });
        focusComposer();
      },
      jump: async message => (await list.current?.jump(message)) ?? false,
      jumpToSource(message) {
        // On a small screen the panel lies over the messages.
        if (matchMedia('(max-width: 1080px)').matches) go({ room: id });
        list.current?.jump(message, true);
      },
      recap: ai
        ? range => {
            recaps.ask(id, { range });
            go({ room: id, panel: { kind: 'recap' } });
          }
        : undefined,
      focusComposer,
    }),
    [room, id, archived, moderates, ai, recaps],
  );

  const { closePanel, jump } = actions;
  useArrival(room, entry && message, jump);
  useEffect(() => {
    if (!panel) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) closePanel();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [panel, closePanel]);

  if (!entry) return <JoinCard id={id} openDrawer={openDrawer} />;
  return (
    <RoomContext value={actions}>
      <div className="room" data-panel={panel?.kind} ref={whole}>
        <main className="room-main" aria-label={entry.title}>
          <RoomHeader entry={entry} snapshot={snapshot} openDrawer={openDrawer} openDialog={openDialog} />
          <MessageList ref={list} snapshot={snapshot} entry={entry} editing={editing} />
          <div className="room-foot" data-region>
            <div className="signs">
              <SharingLine sharing={snapshot.sharing} />
              <TypingLine users={snapshot.typing} />
            </div>
            <Whispers room={id} />
            <Composer place={id} label={label} archived={archived} attached={attached} />
          </div>
          {over === 'room' && <DropVeil where={`in ${label}`} />}
        </main>
        {panel?.kind === 'thread' && (
          <ThreadPanel key={panel.root} root={panel.root} snapshot={snapshot} dropping={over === 'panel'} />
        )}
        {panel?.kind === 'people' && (
          <MembersPanel snapshot={snapshot} add={() => openDialog('add-people')} />
        )}
        {panel?.kind === 'recap' && <RecapPanel snapshot={snapshot} />}
        {panel?.kind === 'files' && <FilesPanel />}
        {panel?.kind === 'search' && <SearchPanel />}
        {panel?.kind === 'pins' && <PinsPanel snapshot={snapshot} />}
        <Announcer room={room} />
      </div>
    </RoomContext>
  );
}

const focusComposer = () => document.getElementById('composer')?.focus();
