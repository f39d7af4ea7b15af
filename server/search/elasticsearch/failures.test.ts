// The failure table of docs/search-elasticsearch.md, row by row: a real database's logs, Elastic's own client, and a simulated server that fails.
// takes: 17 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ElasticProblem } from '../../../scripts/simulators/elasticsearch/answers.ts';
import { openElasticsearchSimulator } from '../../../scripts/simulators/elasticsearch/simulator.ts';
import { type ElasticStage, openElasticStage, type Scene } from '../../testing/elastic.ts';
import { until } from '../../testing/until.ts';

const test = suite('elasticsearch failures');
let stage: ElasticStage;
let place: { seq: number; id: string };

test.before(async () => {
  stage = await openElasticStage();
  place = await stage.say('The cloister is quiet');
});
test.after(async () => stage[Symbol.asyncDispose]());

const stands = (scene: Scene, state: string, reason = /./) =>
  until(
    () => scene.state().state === state && reason.test(scene.state().reason ?? 'none'),
    `${state} ${reason}`,
  );

const refusal = (scene: Scene, words: string): Promise<string> =>
  scene.find(words).then(
    found => `found ${found}`,
    (error: Error) => error.message,
  );

test('nothing goes wrong: an index is filled, then answers, and what is said is found', async () => {
  await using scene = await stage.play();
  await scene.finds('cloister', place.seq);
  const { seq } = await stage.say('A second cloister');
  scene.index.grew();
  await scene.finds('cloister', place.seq, seq);
  await stands(scene, 'ready');
  await stage.remove((await stage.say('never mind')).id);
});

test('away at the start: the state says so, and once it is there it is filled', async () => {
  const gone = await openElasticsearchSimulator();
  await gone[Symbol.asyncDispose]();
  await using scene = await stage.play({ server: gone });
  await stands(scene, 'degraded', /cannot be reached \(ECONNREFUSED\)/);
  assert.is(scene.state().answers, false);
  assert.match(await refusal(scene, 'cloister'), /cannot be reached/);
  await using server = await openElasticsearchSimulator({ port: Number(new URL(gone.url).port) });
  await stands(scene, 'ready');
  assert.is(server.cluster.indices.size, 1);
});

for (const [name, fault, reason] of [
  ['cut off', { kind: 'cut' }, /cannot be reached/],
  ['without a master (503)', { kind: 'status', status: 503 }, /trouble of its own \(HTTP 503\)/],
  ['asked too much (429)', { kind: 'status', status: 429 }, /asked too much/],
  ['cut off after the work was done', { kind: 'cut', after: true }, /cannot be reached/],
] as const)
  test(`${name} later: repeated until it works, nothing lost, nothing twice`, async () => {
    await using scene = await stage.play();
    await stands(scene, 'ready');
    scene.server.faults.push({ ...fault, on: /_bulk/ });
    const { seq } = await stage.say(`${name.replace(/\W/g, '')} meanwhile`);
    await stands(scene, 'degraded', reason);
    scene.server.faults.length = 0;
    await scene.finds(name.replace(/\W/g, ''), seq);
    await stands(scene, 'ready');
  });

test('documents that are refused for load (429, 503) are sent again, and those alone', async () => {
  await using scene = await stage.play();
  await stands(scene, 'ready');
  scene.server.faults.push(
    { kind: 'item', id: /./, status: 429, times: 3 },
    { kind: 'item', id: /./, status: 503, times: 1 },
  );
  const said = await Promise.all(
    ['sundial one', 'sundial two', 'sundial three'].map(text => stage.say(text)),
  );
  await scene.finds('sundial', ...said.map(({ seq }) => seq));
  assert.ok((scene.state().keeping?.retried ?? 0) >= 4);
  assert.is(scene.state().keeping?.dead, 0);
});

test('documents that are refused for load again and again hold the cursor back: nothing is skipped', async () => {
  await using scene = await stage.play();
  await stands(scene, 'ready');
  scene.server.faults.push({ kind: 'item', id: /./, status: 429 });
  const { seq } = await stage.say('belfry');
  await stands(scene, 'degraded', /refuses 1 documents: it is asked too much/);
  scene.server.faults.length = 0;
  await scene.finds('belfry', seq);
});

test('a document that can never go in is left out, told once with its id and without its text; the others go in', async () => {
  await using scene = await stage.play();
  await stands(scene, 'ready');
  const bad = await stage.say('gargoyle canary');
  scene.server.faults.push({ kind: 'item', id: new RegExp(`/${bad.seq}$`), status: 400 });
  const good = await stage.say('gargoyle');
  await scene.finds('gargoyle', good.seq);
  await stands(scene, 'ready');
  assert.is(scene.state().keeping?.dead, 1);
  const [told, ...more] = scene.complaints.filter(({ level }) => level === 'error');
  assert.equal(more, []);
  assert.match(String(told?.fields.document), new RegExp(`^${stage.room}/.+/${bad.seq}$`));
  assert.not.match(JSON.stringify(scene.complaints), 'canary');
});

test('a request that is too large is halved; a document that is too large by itself is left out', async () => {
  const texts = Array.from({ length: 8 }, (_, n) => `parapet ${n} ${'stone '.repeat(100)}`);
  const said = await Promise.all(texts.map(text => stage.say(text)));
  const huge = await stage.say(`parapet ${'rubble '.repeat(2000)}`);
  await using scene = await stage.play({ simulator: { maxContent: 4000 } });
  await scene.finds('parapet', ...said.map(({ seq }) => seq));
  assert.is(scene.state().keeping?.dead, 1);
  await stage.remove(huge.id);
});

for (const [name, status, reason, next] of [
  ['a wrong password (401)', 401, /does not take the name and password/, /ELASTICSEARCH_URL/],
  ['too few rights (403)', 403, /does not allow it enough/, /privileges/],
] as const)
  test(`${name} is told with what to do, and heals when it is done`, async () => {
    await using scene = await stage.play({ simulator: { user: { name: 'court', password: 'a:b c' } } });
    await stands(scene, 'ready');
    scene.server.faults.push({ kind: 'status', status });
    await stands(scene, 'failed', reason);
    assert.match(scene.state().next ?? '', next);
    assert.not.match(JSON.stringify([scene.state(), scene.complaints]), 'a:b c');
    scene.server.faults.length = 0;
    await stands(scene, 'ready');
  });

test('what is no Elasticsearch, and what is too old, is told and nothing is written to it', async () => {
  for (const [options, fault, reason] of [
    [{}, { kind: 'stranger' }, /not Elasticsearch/],
    [{}, { kind: 'stranger', product: 'OpenSearch' }, /not Elasticsearch/],
    [{ version: '7.10.2' }, undefined, /not Elasticsearch, or older than 7\.14/],
    [{ version: '7.17.9' }, undefined, /7\.17\.9 is too old/],
  ] as const) {
    await using server = await openElasticsearchSimulator(options);
    if (fault) server.faults.push(fault);
    await using scene = await stage.play({ server });
    await stands(scene, 'failed', reason);
    assert.ok(scene.state().next);
    assert.is(server.cluster.indices.size, 0);
  }
});

test('slow: what is written is repeated, and a search does not wait for it', async () => {
  await using scene = await stage.play({ tempo: { patience: 100 }, patience: 50 });
  await stands(scene, 'ready');
  scene.server.faults.push({ kind: 'slow', ms: 60_000, on: /_search|_bulk/ });
  const { seq } = await stage.say('buttress');
  await stands(scene, 'degraded', /did not answer in time/);
  assert.match(await refusal(scene, 'buttress'), /in time/);
  const asked = scene.server.searches.length;
  assert.match(await refusal(scene, 'buttress'), /in time/);
  assert.is(scene.server.searches.length, asked, 'for a while it is not even asked');
  scene.server.faults.length = 0;
  await scene.finds('buttress', seq);
});

test('an index that is deleted under us is made anew, never by Elasticsearch with fields guessed', async () => {
  await using scene = await stage.play();
  await stands(scene, 'ready');
  const [name = ''] = scene.server.cluster.indices.keys();
  scene.server.cluster.remove(name);
  await stage.say('vestry');
  await until(() => scene.state().state === 'ready' && scene.state().keeping?.index !== name);
  await scene.finds('cloister', ...(await stageSeqs('cloister')));
  assert.is(scene.server.cluster.indices.size, 1);
  const [fresh] = scene.server.cluster.indices.values();
  assert.ok(fresh?.mapping.texts.has('text.cjk'));
  assert.not.ok((await stage.source.known()).includes(name));
});

test('an alias that is gone comes back, on the index that has it all', async () => {
  await using scene = await stage.play();
  await stands(scene, 'ready');
  const [index] = scene.server.cluster.indices.values();
  for (const alias of index?.aliases ?? []) if (!alias.endsWith('_write')) index?.aliases.delete(alias);
  await scene.finds('cloister', ...(await stageSeqs('cloister')));
  assert.equal([...scene.server.cluster.indices.keys()], [index?.name]);
});

test('an index with other fields than ours waits for a rebuild instead of losing messages', async () => {
  await using scene = await stage.play();
  await stands(scene, 'ready');
  const [index] = scene.server.cluster.indices.values();
  Object.assign(index?.mapping ?? {}, {
    check(id: string) {
      throw new ElasticProblem(
        400,
        'strict_dynamic_mapping_exception',
        `dynamic introduction of [stems] in ${id}`,
      );
    },
  });
  const { seq } = await stage.say('narthex');
  await stands(scene, 'failed', /not the fields that this program writes/);
  assert.match(scene.state().next ?? '', /court search-index rebuild/);
  assert.is(scene.state().keeping?.dead, 0);
  scene.server.cluster.remove(index?.name ?? '');
  await scene.finds('narthex', seq);
});

/** What the database has of it now. */
const stageSeqs = async (word: string) => {
  const rows = await stage.db
    .sql`select seq from messages where room = ${stage.room} and text ilike ${`%${word}%`}`;
  return rows.map(({ seq }) => Number(seq));
};

test.run();
