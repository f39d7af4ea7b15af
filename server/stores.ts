// Everything that the hub keeps, through one database: all stores in the shape in which the hub takes them.
import type { HubOptions } from './hub/hub-options.ts';
import type { PeopleStore } from './hub/ports-people.ts';
import type { Db } from './store/db.ts';
import { createAdminStore, createNodeStore } from './store/queries/admin.ts';
import { createAnnouncementStore } from './store/queries/announcements.ts';
import { createBotStore } from './store/queries/bots.ts';
import { createFileStore } from './store/queries/files.ts';
import { createHookStore } from './store/queries/hooks.ts';
import { createIntegrationStore } from './store/queries/integrations.ts';
import { createLedgerStore } from './store/queries/ledger.ts';
import { createNoticeStore } from './store/queries/notices.ts';
import { createOutboxStore } from './store/queries/outbox.ts';
import { createPeopleStore } from './store/queries/people.ts';
import { createRecordStore } from './store/queries/records.ts';
import { createRoomStore } from './store/queries/rooms.ts';
import { createSearchStore } from './store/queries/search.ts';
import { createSummaryStore } from './store/queries/summaries.ts';
import { createUpkeepStore } from './store/queries/upkeep.ts';
import { createVectorStore } from './store/queries/vectors.ts';

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
