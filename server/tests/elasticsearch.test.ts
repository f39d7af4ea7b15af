// A hub with Elasticsearch: who answers a search, who when it is away, how it is told, and that one hub of two keeps the index.
// takes: 9 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ElasticsearchSimulator,
  openElasticsearchSimulator,
} from '../../scripts/simulators/elasticsearch/simulator.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { FAST } from '../testing/elastic.ts';
import { until } from '../testing/until.ts';

const test = suite('elasticsearch');
const TOKEN = 'a-metrics-token-of-the-tests';
const parts = new AsyncDisposableStack();
let elastic: ElasticsearchSimulator;
let hub: TestHub;
let ada: TestClient;

const open = (node: string, more: { databaseUrl?: string } = {}) =>
  boot({
    env: { ELASTICSEARCH_URL: elastic.url, METRICS_TOKEN: TOKEN, NODE_NAME: node },
    elastic: { tempo: FAST },
    pollMs: 100,
    ...more,
  });
const say = (text: string, room = 'hall') =>
  ada.call('message:send', { room, id: crypto.randomUUID(), text });
const find = async (query: string, who = ada) =>
  (await who.call('search', { query })).hits.map(({ message }) => message.text);
const finds = (query: string, expected: string[], who = ada) =>
  until(async () => JSON.stringify(await find(query, who)) === JSON.stringify(expected), query);
const readiness = async ({ url } = hub) => {
  const { checks } = (await (await fetch(`${url}/readyz`)).json()) as { checks: { search: string } };
  return checks.search;
};
const metric = async (name: string) => {
  const answer = await fetch(`${hub.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  return (await answer.text()).split('\n').find(line => line.startsWith(`${name} `));
};

test.before(async () => {
  elastic = parts.use(await openElasticsearchSimulator());
  hub = parts.use(await open('one'));
  ada = parts.use(await connect(hub.url, { token: await hub.token('ada') }));
  await ada.call('room:create', { id: 'hall', title: 'Hall', kind: 'private' });
  await until(async () => (await readiness()).startsWith('ready'));
});
test.after(async () => parts.disposeAsync());

test('what was said is found in Elasticsearch within moments, and how that stands is told', async () => {
  const before = elastic.searches.length;
  await say('the clerestory window');
  await finds('clerestory', ['the clerestory window']);
  assert.ok(elastic.searches.length > before);
  await until(async () => (await readiness()) === 'ready; 0 log entries behind');
  assert.is(await metric('court_search_index{state="ready"}'), 'court_search_index{state="ready"} 1');
  assert.is(await metric('court_search_behind'), 'court_search_behind 0');
  assert.is(await metric('court_search_indexed_total'), 'court_search_indexed_total 1');
  assert.is(await metric('court_search_dead_total'), 'court_search_dead_total 0');
  assert.equal(hub.complaints, []);
});

test('while it is away the database answers, which is told once; then it answers again, with all that was said', async () => {
  elastic.faults.push({ kind: 'cut' });
  await say('the other clerestory');
  await finds('clerestory', ['the other clerestory', 'the clerestory window']);
  assert.match(await readiness(), /^degraded: Elasticsearch cannot be reached/);
  const told = hub.complaints.filter(({ message }) => message === 'searches are answered by the database');
  assert.is(told.length, 1);
  assert.is((await fetch(`${hub.url}/readyz`)).status, 200);
  elastic.faults.length = 0;
  await until(async () => (await readiness()).startsWith('ready'));
  const before = elastic.searches.length;
  await until(async () => {
    await find('clerestory');
    return elastic.searches.length > before;
  });
  await finds('clerestory', ['the other clerestory', 'the clerestory window']);
});

test('an index that lags, or lies, shows nothing old and nothing of others (attack 26, I9)', async () => {
  await ada.call('room:create', { id: 'vault', title: 'Vault', kind: 'private' });
  const { seq } = await say('the secret oratory', 'vault');
  await finds('oratory', ['the secret oratory']);
  await using bob = await connect(hub.url, { token: await hub.token('bob') });
  await bob.call('room:create', { id: 'attic', title: 'Attic', kind: 'private' });
  assert.equal(await find('oratory', bob), []);
  // As if somebody else could write there: the same message, in a room of Bob's.
  const [index] = elastic.cluster.indices.values();
  const [, source = {}] =
    [...(index?.visible.entries() ?? [])].find(([, one]) => one.room === 'vault' && one.seq === seq) ?? [];
  index?.index('forged', { ...source, room: 'attic' }, undefined);
  index?.index('forged too', { ...source, room: 'hall', text: 'oratory forged' }, undefined);
  index?.refresh();
  assert.equal(await find('oratory', bob), []);
  assert.equal(await find('oratory'), ['the secret oratory']);
});

test("the rooms in every question that was asked are the server's, whatever was typed", async () => {
  const before = elastic.searches.length;
  for (const query of ['oratory in:vault', 'room:* oratory', '* OR oratory', '"oratory" -room', 'orat* /.*/'])
    await ada.call('search', { query });
  const asked = elastic.searches.slice(before) as {
    query: { bool: { filter: [{ bool: { should: [{ terms: { room: string[] } }] } }] } };
  }[];
  assert.ok(asked.length >= 5);
  for (const { query } of asked) {
    const [{ terms }] = query.bool.filter[0].bool.should;
    assert.ok(terms.room.length > 0 && terms.room.every(room => ['hall', 'vault'].includes(room)));
    assert.not.match(JSON.stringify(query), /wildcard|regexp|query_string|script|"fields":\["\*/);
  }
});

test('of two hubs one keeps the index; when it lets go, the next goes on with the same', async () => {
  const keeps = /log entries behind/;
  {
    await using beside = await open('two', { databaseUrl: hub.databaseUrl });
    assert.is(await readiness(beside), 'ready');
    assert.match(await readiness(), keeps);
  }
  await hub.hub.letGo();
  await using next = await open('three', { databaseUrl: hub.databaseUrl });
  await until(async () => keeps.test(await readiness(next)));
  assert.is(await readiness(), 'ready');
  await say('the last clerestory');
  await finds('last', ['the last clerestory']);
  assert.is(elastic.cluster.indices.size, 1);
});

test.run();
