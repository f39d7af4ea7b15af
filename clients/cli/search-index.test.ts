// time limit: 300 s
// `court search-index` as an operator runs it, beside a hub whose index it rebuilds: nothing is missed, nothing is left behind, and a killed run does no harm.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ElasticsearchSimulator,
  openElasticsearchSimulator,
} from '../../scripts/simulators/elasticsearch/simulator.ts';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { connect, type TestClient } from '../../server/testing/client.ts';
import { FAST } from '../../server/testing/elastic.ts';
import { until } from '../../server/testing/until.ts';
import { type Cli, openCli } from './fixture.ts';

const test = suite('court search-index');
const parts = new AsyncDisposableStack();
let server: ElasticsearchSimulator;
let hub: TestHub;
let ada: TestClient;
let cli: Cli;

test.before(async () => {
  server = parts.use(await openElasticsearchSimulator());
  hub = parts.use(await boot({ env: { ELASTICSEARCH_URL: server.url }, elastic: { tempo: FAST } }));
  ada = parts.use(await connect(hub.url, { token: await hub.token('ada') }));
  await ada.call('room:create', { id: 'hall', title: 'Hall', kind: 'public' });
  cli = parts.use(
    await openCli({ DATABASE_URL: hub.databaseUrl, ENVIRONMENT: 'test', ELASTICSEARCH_URL: server.url }),
  );
});
test.after(async () => parts.disposeAsync());

const say = async (text: string) => ada.call('message:send', { room: 'hall', id: crypto.randomUUID(), text });
/** What stands in the index that answers, whether refreshed or not. */
const indexed = () => {
  const [current] = [...server.cluster.indices.values()].filter(({ aliases }) => aliases.size > 1);
  current?.refresh();
  return [...(current?.visible.values() ?? [])].map(({ text }) => text as string).sort();
};
const indices = () => [...server.cluster.indices.keys()];

test('status says what there is; rebuild puts a new index in the place of the old one, and hubs go on with it', async () => {
  await say('one');
  await until(() => indexed().length === 1);
  const [before] = indices();
  const { stdout, stderr } = await cli.run(['search-index', 'status']);
  assert.is(stderr, '');
  assert.match(stdout, /^index +messages +behind\nfirst-court-\S+ +1 +0 +answers\n$/);
  const [rebuilt] = await cli.json(['search-index', 'rebuild']);
  assert.equal([rebuilt?.indexed, rebuilt?.dead, rebuilt?.dropped], [1, 0, [before]]);
  assert.equal(indices(), [rebuilt?.index]);
  await say('two');
  await until(() => indexed().length === 2);
  assert.equal(indexed(), ['one', 'two']);
  assert.is(indices().length, 1);
});

test('what is said while it is rebuilt is in both; a run that is killed leaves the old one answering, and the next clears up', async () => {
  const [before] = indices();
  server.faults.push({ kind: 'slow', ms: 60_000, on: /_bulk$/, times: 1 });
  const killed = cli.start(['search-index', 'rebuild']);
  await until(() => indices().length === 2 && server.faults.length === 0);
  await say('three');
  await until(() => indexed().length === 3);
  const other = await cli.run(['search-index', 'rebuild']);
  assert.match(other.stderr, /^court: Another "court search-index rebuild" is at work/);
  killed.kill('SIGKILL');
  await until(() => killed.signalCode !== null);
  assert.is(indices().length, 2);
  // As if its lease had run out.
  await hub.db.call('end_lease', { name: 'search index rebuild', node: await holder() });
  const [rebuilt] = await cli.json(['search-index', 'rebuild']);
  const dropped = rebuilt?.dropped as string[];
  assert.is(dropped.length, 2);
  assert.ok(dropped.includes(before as string));
  assert.equal(indexed(), ['one', 'three', 'two']);
  await say('four');
  await until(() => indexed().length === 4);
});

test('without an Elasticsearch one line says what to do', async () => {
  const none = await cli.run(['search-index', 'status'], { env: { ELASTICSEARCH_URL: '' } });
  assert.match(none.stderr, /^court: There is no Elasticsearch: set ELASTICSEARCH_URL\./);
  assert.is(none.code, 1);
});

async function holder(): Promise<string> {
  const { withConnection } = await import('../../server/store/databases.ts');
  return withConnection(hub.databaseUrl, async sql => {
    const [row] = await sql`select node from leases where name = 'search index rebuild'`;
    return row?.node as string;
  });
}

test.run();
