// Everything that the hub keeps, through one database: all stores in the shape in which the hub takes them.
import type { HubOptions } from '../hub/hub-options.ts';
import type { PeopleStore } from '../hub/ports-people.ts';
import type { Db } from './db.ts';
import { createAdminStore, createNodeStore } from './queries/admin.ts';
import { createAnnouncementStore } from './queries/announcements.ts';
import { createBotStore } from './queries/bots.ts';
import { createFileStore } from './queries/files.ts';
import { createHookStore } from './queries/hooks.ts';
import { createIntegrationStore } from './queries/integrations.ts';
import { createLedgerStore } from './queries/ledger.ts';
import { createNoticeStore } from './queries/notices.ts';
import { createOutboxStore } from './queries/outbox.ts';
import { createPeopleStore } from './queries/people.ts';
import { createRecordStore } from './queries/records.ts';
import { createRoomStore } from './queries/rooms.ts';
import { createSearchStore } from './queries/search.ts';
import { createSummaryStore } from './queries/summaries.ts';
import { createUpkeepStore } from './queries/upkeep.ts';
import { createVectorStore } from './queries/vectors.ts';

export interface Stores {
  readonly people: PeopleStore;
  readonly hub: Pick<HubOptions, 'store' | 'botStore' | 'admin' | 'hookStore'>;
}

export function createStores(db: Db): Stores {
  const people = createPeopleStore(db);
  const { ensureUser, getUser, verifyEmail } = people;
  return {
    people,
    hub: {
      store: {
        ...createRoomStore(db),
        ...createUpkeepStore(db),
        ...createIntegrationStore(db),
        ...createSearchStore(db),
        ...createVectorStore(db),
        ...createSummaryStore(db),
        files: createFileStore(db),
        ...createAnnouncementStore(db),
        ...createNoticeStore(db),
        ...createOutboxStore(db),
        ...createLedgerStore(db),
        ...createRecordStore(db),
        ...{ ensureUser, getUser, verifyEmail },
      },
      botStore: createBotStore(db),
      admin: { ...createAdminStore(db), ...createNodeStore(db) },
      hookStore: createHookStore(db),
    },
  };
}
