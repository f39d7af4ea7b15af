import { searchIndexContract } from '../../testing/contracts/search-index.ts';
import { openElasticStage } from '../../testing/elastic.ts';
import { until } from '../../testing/until.ts';

searchIndexContract('Elasticsearch', async () => {
  await using parts = new AsyncDisposableStack();
  const stage = parts.use(await openElasticStage());
  const { index, server, state } = parts.use(await stage.play());
  await until(() => state().state === 'ready');
  const open = parts.move();
  return {
    db: stage.db,
    index,
    async settled() {
      index.grew();
      const name = state().keeping?.index ?? '';
      await until(async () => (await stage.source.progress(name)).behind === 0);
      for (const one of server.cluster.indices.values()) one.refresh();
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
});
