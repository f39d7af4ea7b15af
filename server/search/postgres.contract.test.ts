import { openPostgres } from '../store/postgres.ts';
import { createSearchStore } from '../store/queries/search.ts';
import { searchIndexContract } from '../testing/contracts/search-index.ts';
import { openTestDatabase } from '../testing/database.ts';
import { createPostgresSearch } from './postgres.ts';

searchIndexContract('PostgreSQL', async () => {
  await using parts = new AsyncDisposableStack();
  const { url } = parts.use(await openTestDatabase());
  const db = parts.use(await openPostgres(url));
  const index = createPostgresSearch(db);
  const store = createSearchStore(db);
  const open = parts.move();
  return {
    db,
    index,
    async settled() {
      for (let more = true; more; ) {
        const changes = await store.changes(index.cursor, 500);
        await index.index(changes.messages);
        await store.moved(index.cursor, changes.cursors);
        more = changes.cursors.length > 0;
      }
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
});
