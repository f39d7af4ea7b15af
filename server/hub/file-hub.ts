// Wires what files are made of: uploads and their locks, previews, links, progress, checks for viruses, and the sweep.
import type { Background } from './background.ts';
import type { Bus } from './bus.ts';
import { createFileChecks } from './file-checks.ts';
import { createFileLocks, type FileLocks } from './file-locks.ts';
import { createFilePreviews } from './file-previews.ts';
import { createFileProgress, type FileProgressTeller } from './file-progress.ts';
import { createFileSweep } from './file-sweep.ts';
import { createTickets } from './file-tickets.ts';
import { createFileReader } from './file-words.ts';
import { createFiles, type FileLimits, type Files } from './files.ts';
import type { HubOptions } from './hub-options.ts';
import type { Leases } from './lease.ts';
import type { Blobs, FileInspector, VirusScanner } from './ports-files.ts';
import type { Pressure } from './pressure.ts';
import type { RoomFeed } from './room-feed.ts';
import type { RoomFeeds } from './room-feeds.ts';
import { createUploadPace, type UploadPace } from './upload-pace.ts';

/** Milliseconds between two sweeps. */
const SWEEP = 3_600_000;

export interface FileOptions {
  readonly blobs: Blobs;
  readonly inspector: FileInspector;
  readonly scanner?: VirusScanner | undefined;
  readonly limits: FileLimits;
  /** Hours after which uploads that stand still, and files that no message names, are removed. */
  readonly unattachedHours: number;
  /** In front of links, without a slash at the end. */
  readonly cdnUrl: string | undefined;
  /** Signs links. */
  readonly secret: string;
}

export type FileHub = Files & {
  readonly locks: Pick<FileLocks, 'newLock'>;
  readonly pace: UploadPace;
  /** One round of what otherwise runs every hour. */
  sweep(): Promise<void>;
  readonly heardProgress: FileProgressTeller['heard'];
  readonly heardWanted: FileLocks['heardWanted'];
  /** Ends uploads under way, which go on at another node, and waits for what is being removed. */
  letGo(): Promise<void>;
};

export function createFileHub(
  deps: Pick<HubOptions, 'store' | 'outlet' | 'log'> & {
    files: FileOptions;
    feeds: RoomFeeds;
    bus: Bus;
    background: Background;
    leases: Leases;
    pressure: Pressure;
    online(feed: RoomFeed): number;
    /** Words of files are there for search. */
    wordsRead(): void;
    node: string;
    now(): number;
  },
): FileHub {
  const { store: whole, bus, background, leases, now, log } = deps;
  const { blobs, inspector, scanner, limits, unattachedHours, cdnUrl, secret } = deps.files;
  const store = whole.files;
  const progress = createFileProgress(deps);
  const locks = createFileLocks({
    store,
    node: deps.node,
    wanted: file => bus.publish('fileWanted', { file }),
    log,
  });
  const sweep = createFileSweep({ store, blobs, hours: unattachedHours, now, log });
  let collecting = Promise.resolve();
  const files = createFiles({
    store,
    blobs,
    inspector,
    checked: scanner !== undefined,
    previews: createFilePreviews({ blobs, inspector }),
    progress,
    tickets: createTickets({ secret, now }),
    pressure: deps.pressure,
    limits,
    cdnUrl,
    gone() {
      collecting = sweep.collect().catch(error => {
        log.warn({ err: error }, 'files could not be removed; the sweep will');
      });
    },
    now,
    log,
  });
  background.every(1000, 'renew locks of uploads', locks.renew);
  leases.run({ name: 'file sweep', everyMs: SWEEP, work: sweep.sweep });
  const reader = createFileReader({ store, blobs, inspector, read: deps.wordsRead, log });
  leases.hold({ name: 'words of files', open: reader.open });
  if (scanner) {
    const checks = createFileChecks({ store, blobs, scanner, checked: files.heardChecked, log });
    leases.hold({ name: 'virus checks', open: checks.open });
  }
  return {
    ...files,
    locks,
    pace: createUploadPace(performance.now.bind(performance)),
    sweep: sweep.sweep,
    heardProgress: progress.heard,
    heardWanted: locks.heardWanted,
    async letGo() {
      await locks.letGo();
      await collecting;
    },
  };
}
