// Pictures of shared files: fetched with the person's own token and shown from memory, so that no address with a key in it stands in the page.
import type { Court, FetchOptions } from '../../js/index.ts';

export type Edge = NonNullable<FetchOptions['edge']>;

export interface Pictures {
  /** Undefined until it is there. */
  known(file: string, edge: Edge): string | undefined;
  /** An address of this page's memory. @throws CallError */
  get(file: string, edge: Edge): Promise<string>;
  close(): void;
}

/** The oldest go first; one that is shown again is fetched again, from the browser's cache. */
const MOST = 150;
const TRIES = 4;

export function createPictures(court: Court): Pictures {
  const kept = new Map<string, { url?: string; loading: Promise<string> }>();

  const load = async (file: string, edge: Edge): Promise<string> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return URL.createObjectURL(await (await court.fetchFile(file, { edge })).blob());
      } catch (error) {
        const { code, retryAfterMs = 1000 } = error as { code?: string; retryAfterMs?: number };
        if (attempt >= TRIES || (code !== 'unavailable' && code !== 'rate_limited')) throw error;
        await new Promise(resolve => setTimeout(resolve, retryAfterMs * attempt));
      }
    }
  };

  const forget = (key: string) => {
    const one = kept.get(key);
    kept.delete(key);
    if (one?.url) URL.revokeObjectURL(one.url);
  };

  return {
    known: (file, edge) => kept.get(`${file} ${edge}`)?.url,
    get(file, edge) {
      const key = `${file} ${edge}`;
      const known = kept.get(key);
      if (known) return known.loading;
      const entry: { url?: string; loading: Promise<string> } = { loading: load(file, edge) };
      kept.set(key, entry);
      entry.loading.then(
        url => {
          if (kept.get(key) === entry) entry.url = url;
          else URL.revokeObjectURL(url);
        },
        // The next one to show it tries again.
        () => kept.get(key) === entry && kept.delete(key),
      );
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST) break;
        forget(oldest);
      }
      return entry.loading;
    },
    close() {
      for (const key of [...kept.keys()]) forget(key);
    },
  };
}
