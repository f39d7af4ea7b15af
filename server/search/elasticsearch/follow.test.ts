// The index follows the logs: across restarts, a lease that changes hands in the middle, writes that come late, and a database that is another one.
// takes: 14 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openElasticsearchSimulator } from '../../../scripts/simulators/elasticsearch/simulator.ts';
import { type ElasticStage, openElasticStage, type Scene } from '../../testing/elastic.ts';
import { until } from '../../testing/until.ts';

const test = suite('elasticsearch follows');
let stage: ElasticStage;
test.before(async () => {
  stage = await openElasticStage();
});
test.after(async () => stage[Symbol.asyncDispose]());

const ready = (scene: Scene) => until(() => scene.state().state === 'ready');
const caughtUp = async (scene: Scene) => {
  await ready(scene);
  const name = scene.state().keeping?.index ?? '';
  scene.index.grew();
  await until(async () => (await stage.source.progress(name)).behind === 0);
};

test('after a restart it goes on at its cursor, with the same index', async () => {
  const { seq } = await stage.say('mullion');
  await using server = await openElasticsearchSimulator();
  {
    await using first = await stage.play({ server });
    await first.finds('mullion', seq);
    await caughtUp(first);
  }
  const later = await stage.say('mullion later');
  await using second = await stage.play({ server });
  await second.finds('mullion', seq, later.seq);
  assert.is(second.state().keeping?.indexed, 1);
  assert.is(server.cluster.indices.size, 1);
});

test('who loses the lease in the middle leaves the cursor to the next, and cannot bring back an old text', async () => {
  await using server = await openElasticsearchSimulator();
  await using one = await stage.play({ server, idle: true });
  await using two = await stage.play({ server, idle: true });
  const place = await stage.say('old transept');
  const first = one.keep();
  await one.finds('transept', place.seq);
  await caughtUp(one);
  server.faults.push({ kind: 'slow', ms: 300, on: /_bulk$/, times: 1 });
  await stage.edit(place.id, 'middle transept');
  one.index.grew();
  await until(() => server.faults.length === 0);
  const closing = first[Symbol.asyncDispose]();
  await stage.edit(place.id, 'new transept');
  await using _second = two.keep();
  await two.finds('new', place.seq);
  await closing;
  assert.equal(await two.find('middle'), []);
  assert.equal(await two.find('transept'), [place.seq]);
  // The write of the first, once more and late.
  const [index] = server.cluster.indices.values();
  const [id = ''] = [...(index?.visible.entries() ?? [])].find(([, { seq }]) => seq === place.seq) ?? [];
  const { version = 0, source } = index?.get(id) ?? {};
  assert.throws(() => index?.index(id, { ...source, text: 'old transept' }, version - 1), /version conflict/);
});

test('a deleted message stays deleted when its text is written late', async () => {
  await using scene = await stage.play();
  const place = await stage.say('lychgate');
  await scene.finds('lychgate', place.seq);
  const [index] = scene.server.cluster.indices.values();
  const [id = ''] = [...(index?.visible.entries() ?? [])].find(([, { seq }]) => seq === place.seq) ?? [];
  const { version = 0, source = {} } = index?.get(id) ?? {};
  await stage.remove(place.id);
  await scene.finds('lychgate');
  assert.throws(() => index?.index(id, source, version), /version conflict/);
  assert.not.match(JSON.stringify([...(index?.visible.values() ?? [])]), 'lychgate');
});

test('a room of another epoch is read anew, and nothing of the time that never was is left (I15)', async () => {
  await using scene = await stage.play();
  const kept = await stage.say('apse kept');
  const lost = await stage.say('apse lost');
  await scene.finds('apse', kept.seq, lost.seq);
  await caughtUp(scene);
  // As a restored backup does it, within one transaction: the last entry never was, and another one takes its number.
  await stage.db.sql.begin(async tx => {
    await tx`delete from messages where room = ${stage.room} and seq = ${lost.seq}`;
    await tx`delete from events where room = ${stage.room} and seq = ${lost.seq}`;
    await tx`update rooms set epoch = 'restored', head = ${lost.seq - 1} where id = ${stage.room}`;
  });
  const instead = await stage.say('apse instead');
  assert.is(instead.seq, lost.seq);
  scene.index.grew();
  await scene.finds('instead', instead.seq);
  await scene.finds('lost');
  await scene.finds('apse', kept.seq, instead.seq);
  const [index] = scene.server.cluster.indices.values();
  assert.not.match(JSON.stringify([...(index?.visible.values() ?? [])]), 'lost');
});

test('an index that the database knows nothing of, since it was restored, is not believed: it is built anew', async () => {
  await using server = await openElasticsearchSimulator();
  {
    await using first = await stage.play({ server });
    await caughtUp(first);
  }
  const [before] = server.cluster.indices.keys();
  await stage.db.sql`delete from search_cursors`;
  await using scene = await stage.play({ server });
  await until(() => scene.state().state === 'ready');
  assert.is(server.cluster.indices.size, 1);
  assert.is.not([...server.cluster.indices.keys()][0], before);
  assert.ok(scene.complaints.some(({ message }) => /of another time/.test(message)));
});

test('hubs of several databases share one Elasticsearch without meeting', async () => {
  await using server = await openElasticsearchSimulator();
  await using scene = await stage.play({ server });
  await using elsewhere = await openElasticStage();
  const { seq } = await elsewhere.say('crypt');
  await using other = await elsewhere.play({ server });
  await other.finds('crypt', seq);
  await ready(scene);
  assert.equal(await scene.find('crypt'), []);
  assert.is(server.cluster.indices.size, 2);
});

test('no membership is in the index, and nothing but what finds a message', async () => {
  await using scene = await stage.play();
  await caughtUp(scene);
  const [index] = scene.server.cluster.indices.values();
  const keys = new Set([...(index?.visible.values() ?? [])].flatMap(source => Object.keys(source)));
  assert.equal([...keys].sort(), ['at', 'by', 'epoch', 'has', 'room', 'seq', 'stems', 'text']);
});

test.run();
