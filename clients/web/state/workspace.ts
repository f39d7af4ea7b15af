// Everything a signed-in person works with: the connection, their rooms, the people they know, what they have not sent yet.
import { type Court, createClient, type User } from '../../js/index.ts';
import { type Announcements, createAnnouncements } from './announcements.ts';
import { type Attachments, createAttachments } from './attachments.ts';
import { type Bots, createBots } from './bots.ts';
import { type CatchUp, createCatchUp } from './catch-up.ts';
import { createDrafts, type Drafts } from './drafts.ts';
import { connectGoogle } from './google.ts';
import { createPeople, type People } from './people.ts';
import { createPictures, type Pictures } from './pictures.ts';
import { createPushDevice, type PushDevice } from './push-device.ts';
import { createRecaps, type Recaps } from './recaps.ts';
import { createReports, type Reports } from './reports.ts';
import { createRoomList, type RoomList } from './room-list.ts';
import { createSearch, type Search } from './search.ts';
import { createKeep, type Keep } from './storage.ts';

export interface Workspace {
  readonly me: User;
  readonly court: Court;
  readonly rooms: RoomList;
  readonly people: People;
  readonly catchUp: CatchUp;
  readonly drafts: Drafts;
  readonly attachments: Attachments;
  readonly pictures: Pictures;
  readonly recaps: Recaps;
  readonly bots: Bots;
  readonly search: Search;
  readonly announcements: Announcements;
  readonly reports: Reports;
  readonly pushDevice: PushDevice;
  /** What to say first; about how one came here. */
  readonly greeting: string | undefined;
  readonly keep: Keep;
  /** As long as the tab lives. */
  readonly places: Keep;
  /** Removes what this browser keeps of the person, but for messages that were not sent; files on their way go with it. */
  forget(): void;
  /** Leaves for Google's page, to let the hub see calendar and names of files. @throws ApiError */
  connectGoogle(): Promise<void>;
  close(): Promise<void>;
}

interface Config {
  user: User;
  keep: Keep;
  getToken(reason: 'connect' | 'expired'): Promise<string>;
  greeting: string | undefined;
  /** The hub takes this session no longer. */
  ended(notice: string): void;
}

export function createWorkspace({ user, keep, getToken, ended, greeting }: Config): Workspace {
  const court = createClient({
    url: location.origin,
    getToken: ({ reason }) => getToken(reason),
    client: 'first-court-web/0.1.0',
    account: user.id,
  });
  const people = createPeople(court, user);
  const rooms = createRoomList({ court, people, keep, me: user.id });
  const catchUp = createCatchUp(court, rooms);

  const announcements = createAnnouncements(court);
  const reports = createReports(court, rooms, user);
  court.on('state', state => {
    if (state.status !== 'disconnected' || state.reason !== 'stopped') return;
    const code = state.error?.code;
    if (code === 'unauthenticated' || code === 'token_expired')
      ended('Your session has ended. Please sign in again.');
  });
  const drafts = createDrafts(keep, user.id);
  const attachments = createAttachments(court, drafts);
  const pictures = createPictures(court);
  const places = createKeep(() => sessionStorage);
  // Stopping for good shows in `state`; there is nobody else to tell.
  court.connect().catch(() => undefined);

  return {
    me: user,
    court,
    rooms,
    people,
    catchUp,
    drafts,
    attachments,
    pictures,
    recaps: createRecaps(court),
    bots: createBots(court),
    search: createSearch(court),
    announcements,
    reports,
    pushDevice: createPushDevice(court),
    greeting,
    connectGoogle: async () => connectGoogle(await getToken('connect')),
    keep,
    places,
    forget() {
      for (const kept of [keep, places]) kept.clear(`${user.id}.`);
      for (const upload of court.uploads.list) void upload.cancel();
    },
    async close() {
      rooms.close();
      announcements.close();
      reports.close();
      catchUp.close();
      attachments.close();
      pictures.close();
      await court.close();
    },
  };
}
