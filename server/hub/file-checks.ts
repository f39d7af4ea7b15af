// Files that wait for a virus scanner, one after another, on the node that holds the lease. Nobody gets them before.
import { HubError } from './errors.ts';
import { openRounds, PAGE } from './file-rounds.ts';
import type { Log } from './ports.ts';
import type { FileStore, StoredFile } from './ports-file-store.ts';
import type { Blobs, VirusScanner } from './ports-files.ts';

export interface FileChecks {
  /** Checks what waits until disposed. */
  open(): AsyncDisposable;
}

export function createFileChecks(deps: {
  store: Pick<FileStore, 'unchecked' | 'checked'>;
  blobs: Pick<Blobs, 'read' | 'remove'>;
  scanner: VirusScanner;
  /** What became of a file. */
  checked(stored: StoredFile): void;
  log: Log;
}): FileChecks {
  const { store, blobs, scanner, log } = deps;

  /** Why it must not be given out; undefined: nothing was found. */
  const fault = async (id: string): Promise<string | undefined> => {
    try {
      const virus = await scanner.scan(await blobs.read(id));
      return virus === undefined ? undefined : `A virus scanner found ${virus} in it.`;
    } catch (error) {
      // What can't be checked is not given out, and must not keep those behind it waiting.
      if (error instanceof HubError && error.code !== 'unavailable')
        return `It could not be checked for viruses: ${error.message}`;
      throw error;
    }
  };

  const check = async ({ file, owner, room }: StoredFile) => {
    const reason = await fault(file.id);
    if (reason) log.warn({ file: file.id, owner, room, reason }, 'a file was refused');
    const stored = await store.checked(file.id, reason);
    if (!stored) return;
    deps.checked(stored);
    if (reason) await blobs.remove([file.id]);
  };

  return {
    open: () =>
      openRounds(
        async signal => {
          const waiting = await store.unchecked(PAGE);
          for (const stored of waiting) if (!signal.aborted) await check(stored);
          return waiting.length < PAGE ? 'none' : 'more';
        },
        error => log.warn({ err: error }, 'files could not be checked for viruses; they wait'),
      ),
  };
}
