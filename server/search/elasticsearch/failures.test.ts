// The failure table of docs/search-elasticsearch.md, row by row: a real database's logs, Elastic's own client, and a simulated server that fails.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
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
    `${state} ${reason}; it is ${JSON.stringify(scene.state())}`,
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

test.run();
