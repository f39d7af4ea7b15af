// Gather through a real hub: people who walk there are seen here, and whatever Gather does, the hub says what is wrong and goes on.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Push } from '#shared/protocol/pushes.ts';
import {
  type GatherSimulator,
  openGatherSimulator,
  type SimulatorOptions,
} from '../../scripts/simulators/gather/simulator.ts';
import type { Court } from '../hub/ports-integrations.ts';
import { createGather, type Patience } from '../integrations/gather/index.ts';
import type { GatherSettings } from '../integrations/gather/visit.ts';
import { createIntegrationStore } from '../store/queries/integrations.ts';
import { boot, type TestHub } from '../testing/boot.ts';
import { connect, type TestClient } from '../testing/client.ts';
import { createTestVendor } from '../testing/vendor.ts';

const test = suite('flow/gather');
const unhandled: unknown[] = [];
process.on('unhandledRejection', error => unhandled.push(error));

/** As the real ones, only sooner. */
const PATIENCE: Partial<Patience> = {
  ...{ entering: 1000, silence: 400, retry: [10, 50], failed: 100, ghost: 300, settle: 10, bindings: 50 },
};

let hub: TestHub;
/** Looks on, in a room that the fountain court is bound to. */
let bob: TestClient;
let room: string;
let court: Court;

interface Scene extends AsyncDisposable {
  readonly gather: GatherSimulator;
  state(): { state: string; reason?: string; next?: string };
}

/** A simulated space with ada in it, and the adapter that watches it for the hub. */
async function play(
  over: Partial<GatherSettings> = {},
  options: SimulatorOptions = {},
  patience: Partial<Patience> = {},
): Promise<Scene> {
  await using parts = new AsyncDisposableStack();
  const gather = parts.use(await openGatherSimulator({ heartbeat: 50, ...options }));
  gather.world.join('G-ADA');
  const settings = { apiKey: gather.apiKey, spaceId: gather.spaceId, apiUrl: gather.url, ...over };
  const adapter = parts.use(createGather(settings, { ...PATIENCE, ...patience }).start(court));
  parts.defer(() => court.claimNothing());
  const open = parts.move();
  return { gather, state: () => adapter.state(), [Symbol.asyncDispose]: () => open.disposeAsync() };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const patience = performance.now() + 20_000;
  while (!(await condition())) {
    assert.ok(performance.now() < patience, 'waited 20 s');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** What Gather claims of ada, who has no device open. */
async function claimed(): Promise<string> {
  const { claims } = await bob.call('presence:explain', { user: 'ada' });
  const [claim] = claims.filter(({ source }) => source === 'gather');
  return claim ? `${claim.status}: ${claim.text}` : 'nothing';
}
const ada = async (words: string) => until(async () => (await claimed()) === words);
const HERE = 'active: In Gather: Palace';

test.before(async () => {
  const vendor = createTestVendor('gather');
  hub = await boot({ presenceGrace: 0, integrations: [vendor] });
  bob = await connect(hub.url, { token: await hub.token('bob', { role: 'admin' }) });
  room = (await bob.call('room:create', { title: 'Fountain Court', kind: 'public' })).room.id;
  await bob.call('room:join', { room });
  const first = await connect(hub.url, { token: await hub.token('ada') });
  await first.call('room:join', { room });
  await first[Symbol.asyncDispose]();
  const store = createIntegrationStore(hub.db);
  await store.link({ vendor: 'gather', id: 'G-ADA', user: 'ada', how: 'admin' });
  await store.link({ vendor: 'gather', id: 'G-BOB', user: 'bob', how: 'admin' });
  await until(() => vendor.court !== undefined);
  court = vendor.court as Court;
  await court.bind('palace/fountain court', room, 'G-BOB');
});

test.after(async () => {
  await bob[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
  assert.equal(unhandled, []);
});

test('who walks into a bound area is seen there, away and busy too, and not any more once they left', async () => {
  await using scene = await play();
  const { world } = scene.gather;
  await ada(HERE);
  world.walk('G-ADA', world.spot('palace/fountain court'));
  await ada('active: In the fountain court (Gather)');
  world.setAway('G-ADA', true);
  await ada('away: In the fountain court (Gather)');
  world.setAvailability('G-ADA', 'Busy');
  await ada('busy: In the fountain court (Gather)');
  world.walk('G-ADA', world.spot('garden/maze'));
  await ada('busy: In Gather: maze, Garden');
  world.leave('G-ADA');
  await ada('nothing');
});

test('those in the room are pushed one change, however many steps it took', async () => {
  await using scene = await play();
  const { world } = scene.gather;
  const texts = () =>
    bob.pushes
      .flatMap(({ name, payload }) => (name === 'presence' ? [payload as Push<'presence'>] : []))
      .flatMap(push => ('changes' in push ? push.changes : []))
      .filter(({ user }) => user === 'ada')
      .map(({ status, text }) => `${status}: ${text}`);
  await bob.until(() => texts().at(-1) === HERE);
  const before = texts().length;
  world.walk('G-ADA', world.spot('palace/fountain court'));
  for (let step = 0; step < 200; step++)
    world.move('G-ADA', { map: 'palace', x: 3 + (step % 8), y: 3 + (step % 6) });
  await bob.until(() => texts().at(-1) === 'active: In the fountain court (Gather)');
  world.walk('G-ADA', { map: 'palace', x: 13, y: 20 });
  await bob.until(() => texts().at(-1) === HERE);
  assert.equal(texts().slice(before), ['active: In the fountain court (Gather)', HERE]);
});

test('an area that is bound while people are in it counts from then on', async () => {
  await using scene = await play();
  scene.gather.world.walk('G-ADA', scene.gather.world.spot('palace/base court'));
  await ada('active: In Gather: base court, Palace');
  await court.bind('palace/base court', room, 'G-BOB');
  await ada('active: In the base court (Gather)');
  await court.unbind('palace/base court', 'G-BOB');
  await ada('active: In Gather: base court, Palace');
});

test('with /court people say who they are, and whose area they stand in', async () => {
  await using scene = await play();
  const { gather, state } = scene;
  const { world, chats } = gather;
  await until(() => state().state === 'ready');
  const ask = async (uid: string, command: string) => {
    const before = chats.length;
    gather.type(uid, command);
    await until(() => chats.length > before);
    assert.is(chats.at(-1)?.to, uid);
    return chats.at(-1)?.text ?? '';
  };
  await using eve = await connect(hub.url, { token: await hub.token('eve') });
  world.join('G-EVE', world.spot('palace/clock court'));
  const { code } = await eve.call('link:code', { vendor: 'gather' });
  assert.match(await ask('G-EVE', 'court'), /^\/court link CODE: /);
  assert.match(await ask('G-EVE', 'court link NOTACODE'), /^\S.*\.$/);
  assert.is(await ask('G-EVE', `court link ${code}`), 'You are eve on First Court.');
  assert.match(await ask('G-EVE', `court bind ${room}`), /^\S.*\.$/);
  assert.equal(
    (await court.bindings()).map(({ place }) => place),
    ['palace/fountain court'],
    'not hers to bind',
  );
  world.join('G-BOB', world.spot('palace/clock court'));
  assert.match(await ask('G-BOB', `court bind ${room}`), /^Who walks into palace\/clock court is seen in /);
  world.walk('G-ADA', world.spot('palace/clock court'));
  await ada('active: In the clock court (Gather)');
  assert.is(await ask('G-BOB', 'court unbind'), 'palace/clock court belongs to no room any more.');
  await ada('active: In Gather: clock court, Palace');
});

const HOPELESS: [name: string, over: Partial<GatherSettings>, options: SimulatorOptions, told: RegExp][] = [
  ['a bad key', { apiKey: 'other' }, {}, /refused the API key \(4003\).* set GATHER_API_KEY/],
  [
    'a wrong space',
    { spaceId: 'aaaaaaaaaaaaaaaa\\x' },
    {},
    /127\.0\.0\.1:\d+ knows no Classic space a+\/x\. Copy GATHER_SPACE_ID/,
  ],
  [
    'a space of Gather 2.0, by its answer',
    {},
    { generation: 2 },
    /^This space is Gather 2\.0, whose API does not exist: /,
  ],
  [
    'a space of Gather 2.0, by its id',
    { spaceId: '6d1f902a-e3f9-4c23-a733-9ad5856db030' },
    {},
    /^This space is Gather 2\.0, .* take GATHER_API_KEY and/,
  ],
];

for (const [name, over, options, told] of HOPELESS)
  test(`${name} is told with what to do about it, and messages go on`, async () => {
    await using scene = await play(over, options);
    await until(() => scene.state().state === 'failed');
    const { reason, next } = scene.state();
    assert.match(`${reason} ${next}`, told);
    assert.is(await claimed(), 'nothing');
    await bob.call('message:send', { room, id: crypto.randomUUID(), text: name });
  });

for (const [code, reason] of [
  [1002, /does not understand/],
  [4011, /is closed/],
  [4012, /is full/],
] as const)
  test(`closed with ${code}: nobody is claimed any more, until it is mended there`, async () => {
    await using scene = await play();
    await ada(HERE);
    scene.gather.faults.refuse = code;
    scene.gather.close(code);
    await until(() => scene.state().state === 'failed');
    assert.match(scene.state().reason ?? '', reason);
    await ada('nothing');
    delete scene.gather.faults.refuse;
    await until(() => scene.state().state === 'ready');
    await ada(HERE);
  });

for (const [name, lose] of [
  ['a plain close', (gather: GatherSimulator) => gather.close(1001)],
  ['a close for a fault of theirs', (gather: GatherSimulator) => gather.close(1011)],
  ['a cut', (gather: GatherSimulator) => gather.cut()],
] as const)
  test(`${name} heals by itself, and who left meanwhile is gone`, async () => {
    await using scene = await play();
    const { gather, state } = scene;
    await ada(HERE);
    gather.faults.status = 503;
    lose(gather);
    await until(() => state().state === 'degraded');
    gather.world.leave('G-ADA');
    delete gather.faults.status;
    await until(() => state().state === 'ready');
    await ada('nothing');
    gather.world.join('G-ADA');
    await ada(HERE);
  });

test('a short loss flickers for nobody', async () => {
  await using scene = await play({}, {}, { ghost: 60_000 });
  const { gather, state } = scene;
  await ada(HERE);
  const visits = gather.requests.get('/game') ?? 0;
  gather.cut();
  await until(async () => {
    assert.is(await claimed(), HERE);
    return (gather.requests.get('/game') ?? 0) > visits && state().state === 'ready';
  });
});

for (const [name, fault, reason] of [
  ['answers with errors', { status: 503 }, /answers with HTTP 503/],
  ['asks for patience', { status: 429 }, /answers with HTTP 429/],
  ['takes too long', { slow: 60_000 }, /in time/],
  ['sends us to a server that is not there', { assignment: 'ws://127.0.0.1:1' }, /\(1006\)/],
  ['falls silent', { silent: true }, /nothing came/],
] as const)
  test(`Gather that ${name} leaves no ghost (I11), holds no message up, and is back when it is`, async () => {
    await using scene = await play();
    const { gather, state } = scene;
    await ada(HERE);
    Object.assign(gather.faults, fault);
    if (!('silent' in fault)) gather.cut();
    await until(() => state().state === 'degraded' && reason.test(state().reason ?? ''));
    const sent = Array.from({ length: 20 }, (_, n) =>
      bob.call('message:send', { room, id: crypto.randomUUID(), text: `${name} ${n}` }),
    );
    assert.is((await Promise.all(sent)).length, 20);
    await ada('nothing');
    for (const one of Object.keys(fault)) delete (gather.faults as Record<string, unknown>)[one];
    await until(() => state().state === 'ready');
    await ada(HERE);
  });

test('an address that is not Gather is told, and nobody at the address is waited for', async () => {
  await using other = await play({ apiUrl: hub.url });
  await until(() => other.state().state === 'failed');
  await using away = await openGatherSimulator();
  await away[Symbol.asyncDispose]();
  await using scene = await play({ apiUrl: away.url });
  await until(() => scene.state().state === 'degraded');
  assert.match(scene.state().reason ?? '', /cannot be reached \(ECONNREFUSED\)/);
  const { gather } = scene;
  const port = Number(new URL(away.url).port);
  await using back = await openGatherSimulator({ port, apiKey: gather.apiKey });
  await until(() => scene.state().state === 'ready');
  assert.is(back.connected, 1);
});

test('everything twice, in reverse and about nobody known changes nothing', async () => {
  await using scene = await play();
  const { gather, state } = scene;
  const { world } = gather;
  await until(() => state().state === 'ready');
  Object.assign(gather.faults, { twice: true, reversed: true });
  const visits = gather.requests.get('/game') ?? 0;
  gather.cut();
  await until(() => (gather.requests.get('/game') ?? 0) > visits && state().state === 'ready');
  gather.send({ $case: 'playerJoins', playerJoins: { encId: 99 } });
  gather.send({ $case: 'playerMoves', playerMoves: { encId: 99, x: 1, y: 1, lastInputId: 0 } });
  gather.send({ $case: 'playerExits', playerExits: { encId: 98 } });
  world.walk('G-ADA', world.spot('palace/fountain court'));
  await ada('active: In the fountain court (Gather)');
  world.leave('G-ADA');
  await ada('nothing');
  assert.is(state().state, 'ready');
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
