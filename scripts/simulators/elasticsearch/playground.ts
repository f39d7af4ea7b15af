// The simulated Elasticsearch for `npm run simulators`: nobody walks about in it, it finds.
import type { OpenPlayground, Playground } from '../playground.ts';
import { openElasticsearchSimulator } from './simulator.ts';

export const open: OpenPlayground = async (_people, port): Promise<Playground> => {
  const simulator = await openElasticsearchSimulator({ port });
  return {
    title: 'Elasticsearch',
    settings: { ELASTICSEARCH_URL: simulator.url },
    notes: ['It keeps all in memory: after a restart the hub fills it anew.'],
    deeds: {},
    places: [],
    accountOf: id => id,
    whereabouts: () => [],
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
};
