// What a hub is made of: its parts, and how it is set.
import type { Bus } from './bus.ts';
import type { ContactOptions } from './contacts.ts';
import type { FileOptions } from './file-hub.ts';
import type { NoticeTempo } from './notice-job.ts';
import type { Tempo as OutboxTempo } from './outbox-worker.ts';
import type { Load, Log, Outlet, RoomStore, UpkeepStore } from './ports.ts';
import type { Embedder, Summarizer } from './ports-ai.ts';
import type { AnnouncementStore } from './ports-announcements.ts';
import type { BotStore } from './ports-bots.ts';
import type { IntegrationStore, Sealer } from './ports-court.ts';
import type { FileStore } from './ports-file-store.ts';
import type { OutsideIndex } from './ports-indexing.ts';
import type { Integration, Vendor } from './ports-integrations.ts';
import type { FileLinks } from './ports-links.ts';
import type { Meters } from './ports-meters.ts';
import type { NoticeStore } from './ports-notices.ts';
import type { OutboxStore, Sender } from './ports-outbox.ts';
import type { PeopleStore } from './ports-people.ts';
import type { SearchIndex, SearchStore } from './ports-search.ts';
import type { SummaryStore } from './ports-summaries.ts';
import type { VectorIndex, VectorStore } from './ports-vectors.ts';

export interface HubOptions {
  readonly store: RoomStore &
    UpkeepStore &
    IntegrationStore &
    SummaryStore &
    SearchStore &
    VectorStore &
    AnnouncementStore &
    NoticeStore &
    OutboxStore & { readonly files: FileStore } & Pick<PeopleStore, 'ensureUser' | 'getUser' | 'verifyEmail'>;
  readonly botStore: BotStore;
  readonly searchIndex: SearchIndex;
  /** For search by meaning; without it there is none. */
  readonly meaning?: { readonly embedder: Embedder; readonly vectors: VectorIndex } | undefined;
  readonly files: FileOptions;
  readonly sealer: Sealer;
  readonly outlet: Outlet;
  readonly meters: Meters;
  readonly log: Log;
  /** To the other nodes; without it there are none. */
  readonly bus?: Bus;
  /** Names this node among them. */
  readonly node?: string;
  /** A sign-in ended on another node. */
  readonly sessionEnded?: (session: string) => void;
  /** A vendor told another node of something; for the adapter, when it runs here. */
  readonly pushed?: (about: string, vendor: Vendor) => void;
  readonly fileLinks?: FileLinks;
  /** Services outside that are configured. */
  readonly integrations?: readonly Integration[];
  /** Who writes summaries; the free one takes over where the other fails or has cost enough. */
  readonly summarizer: Summarizer;
  readonly freeSummarizer: Summarizer;
  readonly ai: AiLimits;
  /** How people outside the hub are reached; none: not at all. */
  readonly senders?: readonly Sender[];
  readonly contacts: ContactOptions;
  /** The pace of the outbox. */
  readonly outbox?: Partial<OutboxTempo> | undefined;
  /** When people are told of messages. */
  readonly notices?: Partial<NoticeTempo> | undefined;
  /** Finds messages instead of it, as long as it can. */
  readonly outsideIndex?: OutsideIndex | undefined;
  readonly now?: () => number;
  /** Milliseconds for which a person without a socket still counts as there. */
  readonly presenceGrace?: number;
  /** Milliseconds between looks at the heads of all local rooms. */
  readonly pollMs?: number;
  /** How loaded this process is, looked at several times a second; without it nothing is refused for load. */
  readonly load?: (() => Load) | undefined;
}

export interface AiLimits {
  /** US dollars, over all nodes. */
  readonly monthlyBudget: number;
  /** New entries after which a room's quiet summary is made anew; 0: there are none. */
  readonly liveEvery: number;
}
