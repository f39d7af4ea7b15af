// What services outside say of people, over two nodes: shown on both, explained, and gone with the link or with the node that said it.
// takes: 14 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Push } from '#shared/protocol/pushes.ts';
import { openRedisServer, type RedisServer } from '../../scripts/lib/redis-server.ts';
import type { Court } from '../hub/ports-integrations.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { openTestDatabase, type TestDatabase } from '../testing/database.ts';
import { until } from '../testing/until.ts';
import { createTestVendor, type TestVendor } from '../testing/vendor.ts';

const test = suite('vendor presence');
let database: TestDatabase;
let redis: RedisServer;
const vendors: TestVendor[] = [createTestVendor('slack'), createTestVendor('slack')];
let nodes: TestHub[];
let ada: TestClient;
let bob: TestClient;
let root: TestClient;
let court: Court;

const on = async (n: number, id: string, role: 'member' | 'admin' | 'guest' = 'member') =>
  connect((nodes[n] as TestHub).url, { token: await (nodes[n] as TestHub).token(id, { role }) });
/** What this client was told of Cleo, who has no socket. */
const told = (client: TestClient) =>
  client.pushes
    .filter(push => push.name === 'presence')
    .flatMap(
      push =>
        (
          push.payload as {
            changes?: Push<'presence'> extends infer P ? (P extends { changes: infer C } ? C : never) : never;
          }
        ).changes ?? [],
    )
    .filter(change => change.user === 'cleo');
const last = (client: TestClient) => told(client).at(-1);

test.before(async () => {
  database = await openTestDatabase();
  redis = await openRedisServer();
  const node = (name: string, vendor: TestVendor) =>
    boot({
      databaseUrl: database.url,
      env: { REDIS_URL: redis.url, NODE_NAME: name },
      integrations: [vendor],
      presenceGrace: 500,
    });
  nodes = [await node('one', vendors[0] as TestVendor)];
  await until(() => vendors[0]?.court !== undefined);
  nodes.push(await node('two', vendors[1] as TestVendor));
  court = vendors[0]?.court as Court;
  ada = await on(0, 'ada');
  bob = await on(1, 'bob');
  root = await on(1, 'root', 'admin');
  await (await on(0, 'cleo'))[Symbol.asyncDispose]();
  await ada.call('room:create', { id: 'room', title: 'Room', kind: 'public', members: ['bob', 'cleo'] });
  await ada.call('room:join', { room: 'room' });
  await bob.call('room:join', { room: 'room' });
});

test.after(async () => {
  for (const client of [ada, bob, root]) await client[Symbol.asyncDispose]();
  for (const hub of nodes) await hub[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

test('one node runs the adapter; both say how it stands, to admins alone', async () => {
  assert.is(vendors[1]?.court, undefined);
  await until(() => nodes[1]?.hub.integrations.states().slack.state === 'ready');
  const { integrations } = await root.call('integration:list', {});
  assert.equal(integrations, [
    { vendor: 'slack', state: 'ready', node: 'one' },
    { vendor: 'gather', state: 'off' },
    { vendor: 'google', state: 'off' },
  ]);
  assert.is((await ada.refused('integration:list', {})).code, 'forbidden');
});

test('a claim that came before the link counts from the link on, on both nodes', async () => {
  court.claim('U-CLEO', 'huddle', { status: 'busy', text: 'In a huddle' });
  court.claim('U-CLEO', 'presence', { status: 'active' });
  assert.is(
    (await ada.refused('link:set', { vendor: 'slack', id: 'U-CLEO', user: 'cleo' })).code,
    'forbidden',
  );
  await root.call('link:set', { vendor: 'slack', id: 'U-CLEO', user: 'cleo' });
  for (const client of [ada, bob]) {
    await client.until(() => last(client)?.status === 'dnd');
    assert.equal([last(client)?.text, last(client)?.sources], ['In a huddle', ['slack']]);
  }
  assert.is((await court.people()).find(one => one.user === 'cleo')?.watched, true);
});

test('explaining names every claim and why it won, to oneself and admins, on every node', async () => {
  const explained = () => root.call('presence:explain', { user: 'cleo' });
  // Her device of a moment ago counts until its grace is over and this node has heard so.
  await until(async () => (await explained()).claims.every(({ source }) => source !== 'socket'));
  const { presence, claims } = await explained();
  assert.is(presence.status, 'dnd');
  assert.equal(
    claims.map(({ source, part, status, priority, won }) => [source, part, status, priority, won]),
    [
      ['slack', 'huddle', 'busy', 5, true],
      ['slack', 'presence', 'active', 3, false],
    ],
  );
  assert.is((await root.refused('presence:explain', { user: 'nobody' })).code, 'not_found');
  assert.is((await ada.refused('presence:explain', { user: 'cleo' })).code, 'forbidden');
  assert.is((await ada.refused('presence:explain', { user: 'nobody' })).code, 'forbidden');
  const own = await ada.call('presence:explain', { user: 'ada' });
  assert.equal(
    own.claims.map(({ source, won }) => [source, won]),
    [['socket', true]],
  );
});

test('unlinking ends all claims at once on all nodes, for oneself or by an admin, and not for others', async () => {
  assert.is((await ada.refused('link:remove', { vendor: 'slack', user: 'cleo' })).code, 'forbidden');
  assert.is((await ada.refused('link:list', { user: 'cleo' })).code, 'forbidden');
  assert.is((await ada.refused('link:list', { all: true })).code, 'forbidden');
  await root.call('link:remove', { vendor: 'slack', user: 'cleo' });
  assert.equal((await root.call('presence:explain', { user: 'cleo' })).claims, []);
  for (const client of [ada, bob]) await client.until(() => last(client)?.status === 'offline');
  assert.is((await root.refused('link:remove', { vendor: 'slack', user: 'cleo' })).code, 'not_found');
});

test('a code links the account that shows it to whoever was shown it; guests get none', async () => {
  await using cleo = await on(1, 'cleo');
  const { code } = await cleo.call('link:code', { vendor: 'slack' });
  assert.is(await court.redeem('U-CLEO', ` ${code.toLowerCase()} `), 'cleo');
  assert.equal(
    (await cleo.call('link:list', undefined)).links.map(({ vendor, id, how }) => [vendor, id, how]),
    [['slack', 'U-CLEO', 'code']],
  );
  await using guest = await on(1, 'gus', 'guest');
  assert.is((await guest.refused('link:code', { vendor: 'slack' })).code, 'forbidden');
  await ada.until(() => last(ada)?.status === 'dnd');
});

test('when the node that runs it drains, its claims end and the other node takes over (I11)', async () => {
  await nodes[0]?.drain(0);
  await until(() => vendors[1]?.court !== undefined);
  await bob.until(() => last(bob)?.status === 'offline');
  vendors[1]?.court?.claim('U-CLEO', 'presence', { status: 'away' });
  await bob.until(() => last(bob)?.status === 'away');
  assert.is((await root.call('integration:list', {})).integrations[0]?.node, 'two');
});

test.run();
