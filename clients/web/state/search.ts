// A search and its hits, kept while one goes from room to room; and the hit that the room on the screen is to show.
import { CallError, type Court, type SearchHit } from '../../js/index.ts';
import { createStore, type Store } from './store.ts';

export interface SearchState {
  readonly query: string;
  readonly status: 'idle' | 'searching' | 'done' | 'failed';
  /** Of the last search that was answered; they stay while the next one is under way. */
  readonly hits: readonly SearchHit[];
  readonly total: number;
  /** There are more. */
  readonly cursor?: string;
  /** What the hub said. */
  readonly error?: string;
  /** Where one is going. */
  readonly target?: SearchHit['message'];
}

export interface Search extends Store<SearchState> {
  /** Searches once nothing more is typed for a moment. */
  type(query: string): void;
  /** Searches at once. */
  run(): Promise<void>;
  more(): Promise<void>;
  go(target: SearchHit['message'] | undefined): void;
}

const PAUSE_MS = 300;
const PAGE = 20;

export function createSearch(court: Pick<Court, 'search'>): Search {
  const store = createStore<SearchState>({ query: '', status: 'idle', hits: [], total: 0 });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest: AbortController | undefined;

  const set = (more: Partial<SearchState>, without: readonly (keyof SearchState)[] = []) => {
    const next: Record<string, unknown> = { ...store.getSnapshot(), ...more };
    for (const key of without) delete next[key];
    store.set(next as unknown as SearchState);
  };

  const ask = async (cursor?: string) => {
    clearTimeout(timer);
    latest?.abort();
    const query = store.getSnapshot().query.trim();
    if (query === '') return set({ status: 'idle', hits: [], total: 0 }, ['cursor', 'error']);
    const mine = new AbortController();
    latest = mine;
    set({ status: 'searching' });
    try {
      const answer = await court.search(
        { query, limit: PAGE, ...(cursor && { cursor }) },
        { signal: mine.signal },
      );
      if (latest !== mine) return;
      const before = cursor ? store.getSnapshot().hits : [];
      set({ status: 'done', hits: [...before, ...answer.hits], total: answer.total }, ['cursor', 'error']);
      if (answer.cursor) set({ cursor: answer.cursor });
    } catch (failure) {
      if (latest !== mine) return;
      // What is half typed is refused often, and what was found before is no answer to it.
      const error = failure instanceof CallError ? failure.message : 'The search went wrong. Try again.';
      set(
        { status: 'failed', error, hits: cursor ? store.getSnapshot().hits : [] },
        cursor ? [] : ['cursor'],
      );
    }
  };

  return {
    ...store,
    type(query) {
      set({ query });
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE_MS);
    },
    run: () => ask(),
    more: () => ask(store.getSnapshot().cursor),
    go: target => (target ? set({ target }) : set({}, ['target'])),
  };
}
