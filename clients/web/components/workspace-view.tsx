// The whole of the app behind the door: sidebar, room, right panel, and the dialogs that any of them may open.
import { useCallback, useEffect, useState } from 'react';
import { AddPeople } from '../dialogs/add-people.tsx';
import { Announcements } from '../dialogs/announcements.tsx';
import { BrowseRooms } from '../dialogs/browse-rooms.tsx';
import { CreateRoom } from '../dialogs/create-room.tsx';
import { HubOverview } from '../dialogs/hub-overview.tsx';
import { Reports } from '../dialogs/reports.tsx';
import { Webhooks } from '../dialogs/webhooks.tsx';
import { useRegions } from '../hooks/use-regions.ts';
import { useSearchKeys } from '../hooks/use-search-keys.ts';
import { useStore } from '../hooks/use-store.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useRoute, useWorkspace } from '../hooks/use-workspace.ts';
import { go } from '../state/route.ts';
import { AnnouncementBars } from './announcement-bars.tsx';
import { Banner } from './banner.tsx';
import { RoomView } from './room-view.tsx';
import { Sidebar } from './sidebar.tsx';
import { Welcome } from './welcome.tsx';

export type DialogName = 'create' | 'browse' | 'add-people' | 'announce' | 'webhooks' | 'reports' | 'hub';

export function WorkspaceView({ signOut }: { signOut(): Promise<void> }) {
  const { rooms, me, keep } = useWorkspace();
  const list = useStore(rooms);
  const route = useRoute();
  const [dialog, setDialog] = useState<DialogName>();
  const [drawer, setDrawer] = useState(false);
  useRegions();
  useSearchKeys();
  const entry = list.rooms.find(({ info }) => info.id === route.room);
  useTitle(list.rooms, entry);

  // The drawer has done its work once one is somewhere else.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the room is what triggers it
  useEffect(() => setDrawer(false), [route.room]);

  const lastRoom = `${me.id}.room`;
  useEffect(() => {
    if (route.room) keep.write(lastRoom, route.room);
    else {
      const last = keep.read<string>(lastRoom);
      const first = list.rooms.find(({ info }) => info.id === last) ?? list.rooms[0];
      if (first) go({ room: first.info.id });
    }
  }, [route.room, list.rooms, keep, lastRoom]);

  const close = useCallback(() => setDialog(undefined), []);
  const openDrawer = useCallback(() => setDrawer(true), []);

  return (
    <div className="shell" data-drawer={drawer || undefined}>
      <Sidebar open={setDialog} signOut={signOut} />
      <button
        type="button"
        className="scrim"
        aria-label="Close the room list"
        onClick={() => setDrawer(false)}
      />
      <div className="stage">
        <AnnouncementBars />
        <Banner />
        {route.room && (entry || list.loaded) ? (
          <RoomView
            key={route.room}
            id={route.room}
            entry={entry}
            openDrawer={openDrawer}
            openDialog={setDialog}
          />
        ) : (
          <Welcome loaded={list.loaded} open={setDialog} openDrawer={openDrawer} />
        )}
      </div>
      {dialog === 'create' && <CreateRoom close={close} />}
      {dialog === 'browse' && <BrowseRooms close={close} />}
      {dialog === 'announce' && <Announcements close={close} />}
      {dialog === 'hub' && <HubOverview close={close} />}
      {dialog === 'reports' && <Reports close={close} />}
      {dialog === 'add-people' && route.room && <AddPeople room={route.room} close={close} />}
      {dialog === 'webhooks' && route.room && <Webhooks room={route.room} close={close} />}
    </div>
  );
}
