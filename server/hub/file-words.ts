// Reads the words out of files that messages name, one after another, on the node that holds the lease: for search, and for summaries.
import { setTimeout as delay } from 'node:timers/promises';
import { HubError } from './errors.ts';
import type { Log } from './ports.ts';
import type { FileStore, StoredFile } from './ports-file-store.ts';
import type { Blobs, FileInspector, FileWords } from './ports-files.ts';

const PAGE = 20;
/** Milliseconds between two looks for new ones, and after a failure. */
const EVERY = 1000;
const AFTER_FAILURE = 5000;

export interface FileReader {
  /** Reads what is there until disposed. */
  open(): AsyncDisposable;
}

export function createFileReader(deps: {
  store: Pick<FileStore, 'unread' | 'keepWords'>;
  blobs: Pick<Blobs, 'read'>;
  inspector: Pick<FileInspector, 'text'>;
  /** Words of some file are there. */
  read(): void;
  log: Log;
}): FileReader {
  const { store, blobs, inspector, log } = deps;

  const wordsOf = async ({ file: { id, type } }: StoredFile): Promise<FileWords | undefined> => {
    try {
      return await inspector.text(await blobs.read(id), type);
    } catch (error) {
      // A storage that does not answer, or a node that closes: later. What is not there never will be.
      if (error instanceof HubError && error.code === 'not_found') return undefined;
      throw error;
    }
  };

  /** Whether all went well. */
  const readAll = async (files: readonly StoredFile[], signal: AbortSignal): Promise<boolean> => {
    let well = true;
    for (const stored of files) {
      if (signal.aborted) return well;
      try {
        await store.keepWords(stored.file.id, await wordsOf(stored));
      } catch (error) {
        well = false;
        log.warn({ err: error, file: stored.file.id }, 'a file could not be read for its words; it waits');
      }
    }
    if (files.length > 0) deps.read();
    return well;
  };

  return {
    open() {
      const end = new AbortController();
      const { signal } = end;
      const wait = (ms: number) => delay(ms, undefined, { signal }).catch(() => {});
      const work = async () => {
        while (!signal.aborted) {
          try {
            const waiting = await store.unread(PAGE);
            const well = await readAll(waiting, signal);
            if (!well) await wait(AFTER_FAILURE);
            else if (waiting.length < PAGE) await wait(EVERY);
          } catch (error) {
            log.warn({ err: error }, 'files could not be read for their words; they wait');
            await wait(AFTER_FAILURE);
          }
        }
      };
      const done = work();
      return {
        async [Symbol.asyncDispose]() {
          end.abort();
          await done;
        },
      };
    },
  };
}
