// Gather through a real hub: people who walk there are seen here, and say there who they are.
// takes: 38 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Push } from '#shared/protocol/pushes.ts';
import { openGatherSimulator } from '../../scripts/simulators/gather/simulator.ts';
import { createIntegrationStore } from '../store/queries/integrations.ts';
import { boot } from '../testing/boot.ts';
import { connect } from '../testing/client.ts';
import { type GatherStage, HERE, openGatherStage, until } from '../testing/gather.ts';

const test = suite('flow/gather');
let stage: GatherStage;
test.before(async () => {
  stage = await openGatherStage();
});
test.after(async () => {
  await stage[Symbol.asyncDispose]();
});

test('who walks into a bound area is seen there, away and busy too, and not any more once they left', async () => {
  await using scene = await stage.play();
  const { world } = scene.gather;
  await stage.ada(HERE);
  world.walk('G-ADA', world.spot('palace/fountain court'));
  await stage.ada('active: In the fountain court (Gather)');
  world.setAway('G-ADA', true);
  await stage.ada('away: In the fountain court (Gather)');
  world.setAvailability('G-ADA', 'Busy');
  await stage.ada('busy: In the fountain court (Gather)');
  world.walk('G-ADA', world.spot('garden/maze'));
  await stage.ada('busy: In Gather: maze, Garden');
  world.leave('G-ADA');
  await stage.ada('nothing');
});

test('those in the room are pushed one change, however many steps it took', async () => {
  await using scene = await stage.play();
  const { world } = scene.gather;
  const texts = () =>
    stage.bob.pushes
      .flatMap(({ name, payload }) => (name === 'presence' ? [payload as Push<'presence'>] : []))
      .flatMap(push => ('changes' in push ? push.changes : []))
      .filter(({ user }) => user === 'ada')
      .map(({ status, text }) => `${status}: ${text}`);
  await stage.bob.until(() => texts().at(-1) === HERE);
  const before = texts().length;
  world.walk('G-ADA', world.spot('palace/fountain court'));
  for (let step = 0; step < 200; step++)
    world.move('G-ADA', { map: 'palace', x: 3 + (step % 8), y: 3 + (step % 6) });
  await stage.bob.until(() => texts().at(-1) === 'active: In the fountain court (Gather)');
  world.walk('G-ADA', { map: 'palace', x: 13, y: 20 });
  await stage.bob.until(() => texts().at(-1) === HERE);
  assert.equal(texts().slice(before), ['active: In the fountain court (Gather)', HERE]);
});

test('an area that is bound while people are in it counts from then on', async () => {
  await using scene = await stage.play();
  scene.gather.world.walk('G-ADA', scene.gather.world.spot('palace/base court'));
  await stage.ada('active: In Gather: base court, Palace');
  await stage.court.bind('palace/base court', stage.room, 'G-BOB');
  await stage.ada('active: In the base court (Gather)');
  await stage.court.unbind('palace/base court', 'G-BOB');
  await stage.ada('active: In Gather: base court, Palace');
});

test('who walks into the area of a public room joins it and its presence; not a private one, not who was removed', async () => {
  await using scene = await stage.play();
  const { bob, court, hub, room } = stage;
  const { world } = scene.gather;
  const store = createIntegrationStore(hub.db);
  for (const user of ['cleo', 'dan']) {
    await using client = await connect(hub.url, { token: await hub.token(user) });
    await client.call('user:get', { users: [user] });
    await store.link({ vendor: 'gather', id: `G-${user.toUpperCase()}`, user, how: 'admin' });
  }
  const closed = (await bob.call('room:create', { title: 'Closed', kind: 'private' })).room.id;
  await court.bind('palace/base court', closed, 'G-BOB');
  const members = async (of: string) => {
    const { events } = await bob.call('events:read', { room: of, after: 0, limit: 500 });
    return events.flatMap(({ type, data }) =>
      type.startsWith('member.') && 'user' in data ? [`${type} ${data.user}`] : [],
    );
  };
  const joined = (user: string) => async () => (await members(room)).includes(`member.joined ${user}`);
  world.join('G-CLEO', world.spot('palace/base court'));
  world.join('G-DAN', world.spot('garden/maze'));
  await until(
    async () => (await bob.call('presence:explain', { user: 'cleo' })).presence.status === 'active',
  );
  world.walk('G-CLEO', world.spot('palace/fountain court'));
  await until(joined('cleo'));
  await until(async () =>
    (await bob.call('presence:get', { room })).presence.some(
      ({ user, text }) => user === 'cleo' && text === 'In the fountain court (Gather)',
    ),
  );
  await bob.call('member:remove', { room, user: 'cleo' });
  world.walk('G-CLEO', world.spot('garden/maze'));
  await until(
    async () =>
      (await bob.call('presence:explain', { user: 'cleo' })).presence.text !==
      'In the fountain court (Gather)',
  );
  world.walk('G-CLEO', world.spot('palace/fountain court'));
  await until(
    async () =>
      (await bob.call('presence:explain', { user: 'cleo' })).presence.text ===
      'In the fountain court (Gather)',
  );
  // Walks are looked at in their order, so cleo's was before.
  world.walk('G-DAN', world.spot('palace/fountain court'));
  await until(joined('dan'));
  assert.equal(
    (await members(room)).filter(entry => /cleo|dan/.test(entry)),
    ['member.joined cleo', 'member.removed cleo', 'member.joined dan'],
  );
  assert.equal(await members(closed), ['member.joined bob']);
  await court.unbind('palace/base court', 'G-BOB');
});

test('with /court people say who they are, and whose area they stand in', async () => {
  await using scene = await stage.play();
  const { gather, state } = scene;
  const { world, chats } = gather;
  await until(() => state().state === 'ready');
  gather.faults.twice = true;
  let asked = 0;
  const ask = async (uid: string, command: string) => {
    const before = chats.length;
    asked++;
    gather.type(uid, command);
    await until(() => chats.length > before);
    assert.is(chats.at(-1)?.to, uid);
    return chats.at(-1)?.text ?? '';
  };
  await using eve = await connect(stage.hub.url, { token: await stage.hub.token('eve') });
  world.join('G-EVE', world.spot('palace/clock court'));
  const { code } = await eve.call('link:code', { vendor: 'gather' });
  assert.match(await ask('G-EVE', 'court'), /^\/court link CODE: /);
  assert.match(await ask('G-EVE', 'court link NOTACODE'), /^\S.*\.$/);
  assert.is(await ask('G-EVE', `court link ${code}`), 'You are eve on First Court.');
  assert.match(await ask('G-EVE', `court bind ${stage.room}`), /^\S.*\.$/);
  assert.equal(
    (await stage.court.bindings()).map(({ place }) => place),
    ['palace/fountain court'],
    'not hers to bind',
  );
  world.join('G-BOB', world.spot('palace/clock court'));
  assert.match(
    await ask('G-BOB', `court bind ${stage.room}`),
    /^Who walks into palace\/clock court is seen in /,
  );
  world.walk('G-ADA', world.spot('palace/clock court'));
  await stage.ada('active: In the clock court (Gather)');
  assert.is(await ask('G-BOB', 'court unbind'), 'palace/clock court belongs to no room any more.');
  assert.is(chats.length, asked, 'twice is once');
  await stage.ada('active: In Gather: clock court, Palace');
});

test('a hub with the settings watches the space, says so, and leaves it when it closes', async () => {
  await using gather = await openGatherSimulator();
  const env = { GATHER_API_KEY: gather.apiKey, GATHER_SPACE_ID: gather.spaceId, GATHER_API_URL: gather.url };
  const other = await boot({ env });
  await until(() => other.hub.integrations.states().gather.state === 'ready');
  assert.is(gather.connected, 1);
  await other[Symbol.asyncDispose]();
  await until(() => gather.connected === 0);
  assert.equal(other.complaints, []);
  await using bad = await boot({ env: { ...env, GATHER_API_KEY: 'other' } });
  await until(() => bad.hub.integrations.states().gather.state === 'failed');
  const ready = await fetch(`${bad.url}/readyz`);
  assert.is(ready.status, 200, 'a vendor does not make the hub unready');
  await ready.arrayBuffer();
});

test.run();
