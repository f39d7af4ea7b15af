// Takes away the bytes of files that nobody may have any more: at once where something was deleted, and by the sweep what a crash left behind.
import { previewEdges } from '#shared/protocol/files.ts';
import { HubError } from './errors.ts';
import type { Log } from './ports.ts';
import type { FileStore } from './ports-file-store.ts';
import type { Blobs } from './ports-files.ts';

const PAGE = 200;
/** A blob without a row is left for so long: its row may be on its way. In milliseconds. */
const ORPHAN_AGE = 24 * 3_600_000;
/** The id of the file that a key belongs to; keys of any other shape are not ours, and stay. */
const KEY = /^(?:preview\/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/\d+)?$/;

/** Holds the name of the database whose files lie here. */
const CLAIM_KEY = 'first-court';

export const previewKey = (id: string, edge: number): string => `preview/${id}/${edge}`;

export interface FileSweep {
  /** Removes the bytes of what is marked as gone. Calls while it runs make it run once more. */
  collect(): Promise<void>;
  /** The whole round. */
  sweep(): Promise<void>;
}

export function createFileSweep(deps: {
  store: Pick<FileStore, 'expire' | 'gone' | 'forget' | 'claim' | 'known'>;
  blobs: Pick<Blobs, 'remove' | 'list' | 'read' | 'put'>;
  hours: number;
  now(): number;
  log: Log;
}): FileSweep {
  const { store, blobs, hours, now, log } = deps;
  let running: Promise<void> | undefined;
  let again = false;

  const collectAll = async () => {
    let removed = 0;
    do {
      again = false;
      for (;;) {
        const ids = await store.gone(PAGE);
        if (ids.length === 0) break;
        await blobs.remove(ids.flatMap(id => [id, ...previewEdges.map(edge => previewKey(id, edge))]));
        await store.forget(ids);
        removed += ids.length;
      }
    } while (again);
    if (removed > 0) log.info({ files: removed }, 'removed files');
  };

  const collect = (): Promise<void> => {
    if (running) {
      again = true;
      return running;
    }
    running = collectAll().finally(() => {
      running = undefined;
    });
    return running;
  };

  /** Another database's files would all look like files without a row: a hub that tries out a backup must not empty the storage. */
  const isOurs = async (): Promise<boolean> => {
    const claim = await store.claim();
    try {
      return String(Buffer.concat(await (await blobs.read(CLAIM_KEY)).toArray())) === claim;
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'not_found') throw error;
      await blobs.put(CLAIM_KEY, Buffer.from(claim), 'text/plain');
      return true;
    }
  };

  /** A page of keys: those without a row go. */
  const removeOrphans = async (keys: Map<string, string>): Promise<number> => {
    const known = new Set(await store.known([...new Set(keys.values())]));
    const orphans = [...keys].flatMap(([key, id]) => (known.has(id) ? [] : [key]));
    if (orphans.length > 0) await blobs.remove(orphans);
    return orphans.length;
  };

  return {
    collect,
    async sweep() {
      let expired = 0;
      for (let more = PAGE; more >= PAGE; expired += more) more = await store.expire(hours, PAGE);
      await collect();
      if (!(await isOurs())) {
        log.warn(
          { expired },
          `files without a row are left where they are: the storage belongs to another database. If this one takes its place, remove ${CLAIM_KEY} there`,
        );
        return;
      }
      let orphans = 0;
      let page = new Map<string, string>();
      for await (const { key, at } of blobs.list()) {
        const [, id] = KEY.exec(key) ?? [];
        if (!id || at > now() - ORPHAN_AGE) continue;
        page.set(key, id);
        if (page.size < PAGE) continue;
        orphans += await removeOrphans(page);
        page = new Map();
      }
      if (page.size > 0) orphans += await removeOrphans(page);
      log.info({ expired, orphans }, 'swept files');
    },
  };
}
