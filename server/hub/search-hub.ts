// Search in one piece: every index is kept up with the logs by one node, and asked by all.
import type { Background } from './background.ts';
import { createEmbeddings } from './embeddings.ts';
import type { HubOptions } from './hub-options.ts';
import type { Leases } from './lease.ts';
import { createSearch } from './search.ts';
import { createFallback } from './search-fallback.ts';
import { createIndexer } from './search-indexer.ts';

export function createSearchHub(
  deps: Pick<HubOptions, 'store' | 'searchIndex' | 'meaning' | 'outsideIndex' | 'log'> & {
    background: Background;
    leases: Leases;
    pollMs: number;
    now(): number;
  },
) {
  const { store, searchIndex, meaning, outsideIndex, background, leases, pollMs, now, log } = deps;
  const indexer = createIndexer({ store, index: searchIndex, pollMs, log });
  const embeddings = meaning && createEmbeddings({ store, ...meaning, pollMs, now, log });
  leases.hold({ name: 'search index', open: indexer.open });
  if (embeddings) {
    leases.hold({ name: 'embeddings', open: embeddings.indexer.open });
    background.every(pollMs, 'read what other nodes embedded', embeddings.sync, 0);
  }
  if (outsideIndex) leases.hold({ name: `search index ${outsideIndex.kind}`, open: outsideIndex.keep });
  const wordsGrew = () => {
    indexer.grew();
    outsideIndex?.grew();
  };
  return {
    find: createSearch({
      store,
      index: outsideIndex ? createFallback(outsideIndex, searchIndex, log) : searchIndex,
      embeddings,
      now,
    }),
    /** Logs have grown: the indices need not wait for their next look. */
    grew(): void {
      wordsGrew();
      embeddings?.indexer.grew();
    },
    /** There are more words to known messages, which vectors are not made of. */
    wordsGrew,
  };
}
