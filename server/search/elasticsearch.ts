// Elasticsearch as the index that finds messages, kept up to date from the logs. While it is away, or not filled yet, the database finds them.
import type { Log } from '../hub/ports.ts';
import type { IndexSource, OutsideIndex } from '../hub/ports-indexing.ts';
import { type ElasticSettings, openConnection } from './elasticsearch/connection.ts';
import { createFinder } from './elasticsearch/finder.ts';
import { createKeeper, type Tempo } from './elasticsearch/keeper.ts';

export interface ElasticOptions extends ElasticSettings {
  readonly source: IndexSource;
  readonly log: Log;
  readonly tempo?: Partial<Tempo> | undefined;
  /** Milliseconds for the answer to a search. */
  readonly patience?: number | undefined;
}

export interface ElasticIndex extends OutsideIndex, AsyncDisposable {}

/** Connects when it is first needed, so a start never waits for it. */
export function createElasticsearch({ patience, ...options }: ElasticOptions): ElasticIndex {
  const connection = openConnection(options, options.tempo?.patience);
  const finder = createFinder(connection, patience);
  const keeper = createKeeper({ ...options, connection });
  return {
    kind: 'elasticsearch',
    search: finder.search,
    keep: keeper.keep,
    grew: keeper.grew,
    state() {
      const kept = keeper.standing();
      const { trouble } = finder;
      const answers = (kept?.filled ?? true) && !trouble;
      if (kept && kept.state.state !== 'ready') return { ...kept.state, answers };
      if (!trouble) return { state: 'ready', answers, ...kept?.state };
      const { message: reason, next } = trouble;
      return {
        ...kept?.state,
        answers,
        reason,
        ...(next ? { state: 'failed', next } : { state: 'degraded' }),
      };
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
