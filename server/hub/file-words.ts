// Reads the words out of files that messages name, one after another, on the node that holds the lease: for search, and for summaries.
import { HubError } from './errors.ts';
import { openRounds, PAGE } from './file-rounds.ts';
import type { Log } from './ports.ts';
import type { FileStore, StoredFile } from './ports-file-store.ts';
import type { Blobs, FileInspector, FileWords } from './ports-files.ts';

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
    open: () =>
      openRounds(
        async signal => {
          const waiting = await store.unread(PAGE);
          if (!(await readAll(waiting, signal))) return 'failed';
          return waiting.length < PAGE ? 'none' : 'more';
        },
        error => log.warn({ err: error }, 'files could not be read for their words; they wait'),
      ),
  };
}
