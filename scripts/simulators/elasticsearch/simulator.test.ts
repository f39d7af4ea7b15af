// The simulated Elasticsearch does what Elastic's own client expects of the real one: nothing here is ours but the simulator.
import { Client, errors } from '@elastic/elasticsearch';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ElasticsearchSimulator, openElasticsearchSimulator } from './simulator.ts';

const test = suite('elasticsearch simulator');
let server: ElasticsearchSimulator;
let client: Client;
let now = 0;

test.before(async () => {
  server = await openElasticsearchSimulator({ now: () => now });
  client = new Client({ node: server.url, maxRetries: 0 });
  await client.indices.create({
    index: 'notes-1',
    aliases: { notes: {} },
    mappings: {
      dynamic: 'strict',
      properties: { text: { type: 'text' }, room: { type: 'keyword' }, seq: { type: 'long' } },
    },
  });
});
test.after(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
});

const thrown = async (work: Promise<unknown>): Promise<errors.ResponseError> => {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.instance(error, errors.ResponseError);
  return error as errors.ResponseError;
};
const write = async (...operations: object[]) => {
  const { items } = await client.bulk({ index: 'notes', operations });
  return items.map(one => Object.values(one)[0]);
};

test('versions from outside: the higher wins, also over what was deleted a while ago; each item answers for itself', async () => {
  const meta = (version: number, id = '1') => ({ _id: id, version, version_type: 'external' as const });
  const statuses = await write(
    ...[{ index: meta(5) }, { text: 'five', room: 'a', seq: 1 }],
    ...[{ index: meta(4) }, { text: 'four', room: 'a', seq: 1 }],
    ...[{ index: meta(1, '2') }, { text: 'no', room: 'a', seq: 'many' }],
    ...[{ index: meta(1, '3') }, { text: 'no', stranger: 1 }],
    ...[{ delete: meta(6) }, { delete: meta(1, 'unknown') }],
    ...[{ index: meta(5) }, { text: 'five again', room: 'a', seq: 1 }],
  );
  assert.equal(
    statuses.map(one => [one?.status, one?.error?.type]),
    [
      [201, undefined],
      [409, 'version_conflict_engine_exception'],
      [400, 'document_parsing_exception'],
      [400, 'strict_dynamic_mapping_exception'],
      [200, undefined],
      [404, undefined],
      [409, 'version_conflict_engine_exception'],
    ],
  );
  now += 61_000;
  const [late] = await write({ index: meta(2) }, { text: 'two', room: 'a', seq: 1 });
  assert.is(late?.status, 201, 'after gc_deletes nobody remembers');
});

test('what is written is found after the next refresh, and not before', async () => {
  await client.indices.refresh({ index: 'notes' });
  await write({ index: { _id: 'r' } }, { text: 'refreshed', room: 'a', seq: 9 });
  const found = async () =>
    (await client.count({ index: 'notes', query: { match: { text: 'refreshed' } } })).count;
  assert.is(await found(), 0);
  now += 1000;
  assert.is(await found(), 1);
});

test('aliases move all at once, or not at all', async () => {
  await client.indices.create({ index: 'notes-2' });
  const wrong = [
    { add: { index: 'notes-2', alias: 'notes' } },
    { remove: { index: 'notes-none', alias: 'notes' } },
  ];
  assert.is((await thrown(client.indices.updateAliases({ actions: wrong }))).statusCode, 404);
  assert.equal(Object.keys(await client.indices.getAlias({ name: 'notes' })), ['notes-1']);
  const right = [
    { add: { index: 'notes-2', alias: 'notes' } },
    { remove: { index: 'notes-1', alias: 'notes' } },
  ];
  await client.indices.updateAliases({ actions: right });
  assert.equal(Object.keys(await client.indices.getAlias({ name: 'notes' })), ['notes-2']);
  await client.indices.updateAliases({
    actions: right.map(one => ('add' in one ? { remove: one.add } : { add: one.remove })) as never,
  });
  assert.is(await client.indices.exists({ index: 'notes-3' }), false);
});

test('a write to an index that is not there makes one, unless an alias is asked for', async () => {
  const asked = await client.bulk({
    index: 'made_write',
    require_alias: true,
    operations: [{ index: { _id: '1' } }, { text: 'x' }],
  });
  assert.is(asked.items[0]?.index?.error?.type, 'index_not_found_exception');
  assert.is(await client.indices.exists({ index: 'made_write' }), false);
  await client.bulk({ index: 'made', operations: [{ index: { _id: '1' } }, { text: 'x' }] });
  assert.is(await client.indices.exists({ index: 'made' }), true);
});

test('ranks by BM25: rare words, more of them, shorter texts first; pages, and counts as far as it is asked', async () => {
  const texts = ['owl', 'owl and other birds of the night', 'owl owl', 'birds', 'birds', 'birds'];
  await client.indices.create({
    index: 'rank',
    mappings: { properties: { text: { type: 'text' }, seq: { type: 'long' } } },
  });
  await client.bulk({
    index: 'rank',
    refresh: true,
    operations: texts.flatMap((text, seq) => [{ index: { _id: `${seq}` } }, { text, seq }]),
  });
  const order = async (query: string, more: object = {}) => {
    const { hits } = await client.search({ index: 'rank', query: { match: { text: query } }, ...more });
    return hits.hits.map(({ _id }) => _id).join(' ');
  };
  assert.is(await order('owl'), '2 0 1');
  assert.is((await order('owl night'))[0], '1');
  assert.is(await order('owl', { sort: [{ seq: 'desc' }], size: 2 }), '2 1');
  assert.is(await order('owl', { sort: [{ seq: 'desc' }], size: 2, search_after: [1] }), '0');
  const { hits } = await client.search({ index: 'rank', track_total_hits: 4 });
  assert.equal(hits.total, { value: 4, relation: 'gte' });
});

test('what it does not know, and what is too much, it refuses as the real one does', async () => {
  for (const query of [
    { wildcard: { text: '*' } },
    { query_string: { query: '*' } },
    { regexp: { text: '.*' } },
  ])
    assert.is((await thrown(client.search({ index: 'notes', query }))).statusCode, 400);
  const many = Array.from({ length: 65_537 }, (_, n) => `${n}`);
  const tooMany = await thrown(client.search({ index: 'notes', query: { terms: { room: many } } }));
  assert.match(tooMany.message, /allowed maximum of \[65536\]/);
  assert.match(
    (await thrown(client.search({ index: 'notes', from: 9_990, size: 20 }))).message,
    /Result window is too large/,
  );
  const missing = await thrown(client.search({ index: 'none' }));
  assert.equal(
    [missing.statusCode, (missing.body as { error: { type: string } }).error.type],
    [404, 'index_not_found_exception'],
  );
});

test.run();
