// Asks Elasticsearch for the messages that fit best. It answers with places in rooms' logs, never with what stands there: the hub reads that itself.
import { z } from 'zod';
import type { Found, SearchAnswer, SearchIndex } from '../../hub/ports-search.ts';
import type { Connection } from './connection.ts';
import { requests } from './query.ts';
import { ElasticTrouble } from './trouble.ts';

export interface Finder {
  readonly search: SearchIndex['search'];
  /** Why searches are not answered now; unknown again once it is worth asking. */
  readonly trouble: ElasticTrouble | undefined;
}

/** Milliseconds for one answer: there is another index to ask. */
const PATIENCE = 3000;
/** For so long nobody is made to wait for an Elasticsearch that did not answer. */
const REST = 2000;
/** Matches beyond these are not counted. */
const COUNTED = 1000;

const answered = z.object({
  hits: z.object({
    total: z.object({ value: z.number() }),
    hits: z.array(
      z.object({ _score: z.number().nullable(), _source: z.object({ room: z.string(), seq: z.number() }) }),
    ),
  }),
});

export function createFinder({ ask, names }: Connection, patience = PATIENCE): Finder {
  let trouble: { error: ElasticTrouble; until: number } | undefined;

  const find = async (query: ReturnType<typeof requests>[number], limit: number) => {
    const { alias } = await names();
    const answer = await ask(client =>
      client.search(
        {
          index: alias,
          query,
          size: limit,
          sort: [{ _score: { order: 'desc' } }, { at: { order: 'desc' } }, { seq: { order: 'desc' } }],
          track_total_hits: COUNTED,
          _source: ['room', 'seq'],
          // Half an answer would look like a whole one.
          allow_partial_search_results: false,
        },
        { requestTimeout: patience },
      ),
    );
    const parsed = answered.safeParse(answer);
    if (!parsed.success)
      throw new ElasticTrouble('Elasticsearch answers a search in a way that is not its own.');
    const { total, hits } = parsed.data.hits;
    const found = hits.map(({ _score, _source }): Found => ({ ..._source, score: _score ?? 0 }));
    return { total: total.value, found };
  };

  return {
    get trouble() {
      return trouble && performance.now() < trouble.until ? trouble.error : undefined;
    },
    async search(query, rooms, limit): Promise<SearchAnswer> {
      if (trouble && performance.now() < trouble.until) throw trouble.error;
      try {
        const answers: SearchAnswer[] = [];
        for (const request of requests(query, rooms)) answers.push(await find(request, limit));
        trouble = undefined;
        return together(answers, limit);
      } catch (error) {
        if (error instanceof ElasticTrouble) {
          const told = error.missing ? new ElasticTrouble('The index is not filled yet.') : error;
          trouble = { error: told, until: performance.now() + REST };
          throw told;
        }
        throw error;
      }
    },
  };
}

/** Scores of one index can be compared, whichever request they came from. A place of two epochs is one place. */
function together(answers: readonly SearchAnswer[], limit: number): SearchAnswer {
  const [only] = answers;
  const all =
    answers.length === 1 && only
      ? only.found
      : answers.flatMap(({ found }) => found).sort((a, b) => b.score - a.score);
  const places = new Map<string, Found>();
  for (const one of all) {
    const place = `${one.room}/${one.seq}`;
    if (!places.has(place)) places.set(place, one);
  }
  return {
    found: [...places.values()].slice(0, limit),
    total: answers.reduce((sum, { total }) => sum + total, 0),
  };
}
