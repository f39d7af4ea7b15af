// Asks an index outside the database; while that does not answer, the one in the database, which is always kept. Says so once, in the log.
import { Unreachable } from './errors.ts';
import type { Log } from './ports.ts';
import type { OutsideIndex } from './ports-indexing.ts';
import type { SearchIndex } from './ports-search.ts';

export function createFallback(
  outside: OutsideIndex,
  inside: Pick<SearchIndex, 'search'>,
  log: Log,
): Pick<SearchIndex, 'search'> {
  let away = false;
  return {
    async search(...asked) {
      try {
        const answer = await outside.search(...asked);
        if (away) log.info({ index: outside.kind }, 'searches are answered by the index outside again');
        away = false;
        return answer;
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        if (!away) log.warn({ err: error, index: outside.kind }, 'searches are answered by the database');
        away = true;
        return inside.search(...asked);
      }
    },
  };
}
