// What a hub is made of: its parts, and how it is set.
import type { Bus } from './bus.ts';
import type { ContactOptions } from './contacts.ts';
import type { FileOptions } from './file-hub.ts';
import type { NoticeTempo } from './notice-job.ts';
import type { Tempo as OutboxTempo } from './outbox-worker.ts';
import type { Load, Log, Outlet, RoomStore, UpkeepStore } from './ports.ts';
import type { AdminStore, NodeStore, Sight } from './ports-admin.ts';
import type { Embedder, Summarizer } from './ports-ai.ts';
import type { AnnouncementStore } from './ports-announcements.ts';
import type { BotStore } from './ports-bots.ts';
import type { IntegrationStore, Sealer } from './ports-court.ts';
import type { FileStore } from './ports-file-store.ts';
import type { Courier, HookStore } from './ports-hooks.ts';
import type { OutsideIndex } from './ports-indexing.ts';
import type { Integration, Vendor } from './ports-integrations.ts';
import type { LedgerStore } from './ports-ledger.ts';
import type { FileLinks } from './ports-links.ts';
import type { Meters } from './ports-meters.ts';
import type { NoticeStore } from './ports-notices.ts';
import type { OutboxStore, Sender } from './ports-outbox.ts';
import type { PeopleStore } from './ports-people.ts';
import type { RecordStore } from './ports-records.ts';
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
    LedgerStore &
    OutboxStore &
    RecordStore &
    NoticeStore & { readonly files: FileStore } & Pick<PeopleStore, 'ensureUser' | 'getUser' | 'verifyEmail'>;
  readonly botStore: BotStore;
  readonly admin: AdminStore & NodeStore;
  readonly hookStore: HookStore;
  /** Posts to webhooks; none: nothing is told to them. */
  readonly courier?: Courier | undefined;
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
  /** Days that rooms keep what is said which say nothing of it themselves; undefined: for ever. */
  readonly retentionDays?: number | undefined;
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
  /** The same for those who look on, since it was asked last, with the bytes in use. */
  readonly health: () => Load & { readonly rss: number };
  /** How what is around the hub stands, for admins. Not asked before `greet`. */
  readonly sight: () => Sight;
}

export interface AiLimits {
  /** US dollars, over all nodes. */
  readonly monthlyBudget: number;
  /** New entries after which a room's quiet summary is made anew; 0: there are none. */
  readonly liveEvery: number;
}
