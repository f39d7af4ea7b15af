// Where the database has pgvector it finds the nearest itself: the same answers as the thread gives, of the same rooms, and nothing of what is gone.
// takes: 16 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { vectorOf } from '../../scripts/simulators/models/vector.ts';
import { openOpenAiSimulator } from '../../scripts/simulators/openai/simulator.ts';
import type { Found } from '../hub/ports-search.ts';
import { pack } from '../hub/vector-bytes.ts';
import { createShelf } from '../search/vectors/shelf.ts';
import { boot } from '../testing/boot.ts';
import { connect } from '../testing/client.ts';
import { openPgvectorDatabase } from '../testing/pgvector.ts';
import { until } from '../testing/until.ts';

const test = suite('pgvector');
const TEXTS = [
  'The court opens on Friday.',
  'Courts open late on Fridays',
  'Bananas are yellow.',
  'Is the court open?',
];

test('a hub takes it into use by itself; found is what the thread would find, and deleted is gone', async () => {
  await using parts = new AsyncDisposableStack();
  const database = parts.use(await openPgvectorDatabase());
  const openai = parts.use(await openOpenAiSimulator());
  const hub = parts.use(
    await boot({
      databaseUrl: database.url,
      pollMs: 50,
      env: {
        OPENAI_API_KEY: openai.apiKey,
        OPENAI_BASE_URL: openai.base,
        EMBEDDING_PROVIDER: 'openai',
        EMBEDDING_MODEL: 'text-embedding-3-small',
        EMBEDDING_DIMENSIONS: '64',
      },
    }),
  );
  const ada = parts.use(await connect(hub.url, { token: await hub.token('ada') }));
  const { room } = await ada.call('room:create', { title: 'Court', kind: 'private' });
  const said: { seq: number; id: string }[] = [];
  for (const text of TEXTS)
    said.push(await ada.call('message:send', { room: room.id, id: crypto.randomUUID(), text }));

  const space = 'openai:text-embedding-3-small:64';
  const query = Float32Array.from(vectorOf('court opens friday', 64));
  const nearest = async (since = 1, id = room.id) => {
    const input = { space, query: `[${query.join(',')}]`, rooms: [{ id, since }], limit: 10 };
    return ((await hub.db.call('nearest_vectors', input)) as { found: Found[] }).found;
  };
  await until(async () => (await nearest()).length === TEXTS.length);
  const shelf = createShelf(64);
  shelf.apply(
    TEXTS.map((text, at) => ({
      room: room.id,
      seq: said[at]?.seq as number,
      ...pack(Float32Array.from(vectorOf(text, 64))),
    })),
  );
  const found = await nearest();
  const expected = shelf.nearest(query, [{ id: room.id, since: 1, head: 100 }], 10);
  assert.equal(
    found.map(({ seq }) => seq),
    expected.map(({ seq }) => seq),
  );
  found.forEach(({ score }, at) => {
    assert.ok(Math.abs(score - (expected[at]?.score ?? 0)) < 0.02);
  });
  assert.is((await nearest(said[2]?.seq)).length, 2, 'nothing from before one’s stay (I9)');
  assert.equal(await nearest(1, 'elsewhere'), []);

  const hits = async () => (await ada.call('search', { query: 'court opens friday', mode: 'semantic' })).hits;
  assert.is((await hits())[0]?.message.text, TEXTS[0]);
  const target = said[0]?.id as string;
  await ada.call('message:delete', { room: room.id, id: crypto.randomUUID(), target });
  assert.is((await nearest()).length, TEXTS.length - 1);
  assert.not.ok((await hits()).some(({ message }) => message.id === target));
});

test.run();
