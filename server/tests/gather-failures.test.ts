// Whatever Gather does, the hub says what is wrong and goes on. The table is in docs/integrations/gather.md.
// takes: 22 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type GatherSimulator,
  openGatherSimulator,
  type SimulatorOptions,
} from '../../scripts/simulators/gather/simulator.ts';
import type { GatherSettings } from '../integrations/gather/visit.ts';
import { type GatherStage, HERE, openGatherStage, until } from '../testing/gather.ts';

const test = suite('flow/gather-failures');
let stage: GatherStage;
test.before(async () => {
  stage = await openGatherStage();
});
test.after(async () => {
  await stage[Symbol.asyncDispose]();
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
    await using scene = await stage.play(over, options);
    await until(() => scene.state().state === 'failed');
    const { reason, next } = scene.state();
    assert.match(`${reason} ${next}`, told);
    assert.is(await stage.claimed(), 'nothing');
    await stage.bob.call('message:send', { room: stage.room, id: crypto.randomUUID(), text: name });
  });

for (const [code, reason] of [
  [1002, /does not understand/],
  [4011, /is closed/],
  [4012, /is full/],
] as const)
  test(`closed with ${code}: nobody is claimed any more, until it is mended there`, async () => {
    await using scene = await stage.play();
    await stage.ada(HERE);
    scene.gather.faults.refuse = code;
    scene.gather.close(code);
    await until(() => scene.state().state === 'failed');
    assert.match(scene.state().reason ?? '', reason);
    await stage.ada('nothing');
    delete scene.gather.faults.refuse;
    await until(() => scene.state().state === 'ready');
    await stage.ada(HERE);
  });

for (const [name, lose] of [
  ['a plain close', (gather: GatherSimulator) => gather.close(1001)],
  ['a close for a fault of theirs', (gather: GatherSimulator) => gather.close(1011)],
  ['a cut', (gather: GatherSimulator) => gather.cut()],
] as const)
  test(`${name} heals by itself, and who left meanwhile is gone`, async () => {
    await using scene = await stage.play();
    const { gather, state } = scene;
    await stage.ada(HERE);
    gather.faults.status = 503;
    lose(gather);
    await until(() => state().state === 'degraded');
    gather.world.leave('G-ADA');
    delete gather.faults.status;
    await until(() => state().state === 'ready');
    await stage.ada('nothing');
    gather.world.join('G-ADA');
    await stage.ada(HERE);
  });

test('a short loss flickers for nobody', async () => {
  await using scene = await stage.play({}, {}, { ghost: 60_000 });
  const { gather, state } = scene;
  await stage.ada(HERE);
  const visits = gather.requests.get('/game') ?? 0;
  gather.cut();
  await until(async () => {
    assert.is(await stage.claimed(), HERE);
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
    await using scene = await stage.play();
    const { gather, state } = scene;
    await stage.ada(HERE);
    Object.assign(gather.faults, fault);
    if (!('silent' in fault)) gather.cut();
    await until(() => state().state === 'degraded' && reason.test(state().reason ?? ''));
    const sent = Array.from({ length: 20 }, (_, n) =>
      stage.bob.call('message:send', { room: stage.room, id: crypto.randomUUID(), text: `${name} ${n}` }),
    );
    assert.is((await Promise.all(sent)).length, 20);
    await stage.ada('nothing');
    for (const one of Object.keys(fault)) delete (gather.faults as Record<string, unknown>)[one];
    await until(() => state().state === 'ready');
    await stage.ada(HERE);
  });

test('an address that is not Gather is told, and nobody at the address is waited for', async () => {
  await using other = await stage.play({ apiUrl: stage.hub.url });
  await until(() => other.state().state === 'failed');
  await using away = await openGatherSimulator();
  await away[Symbol.asyncDispose]();
  await using scene = await stage.play({ apiUrl: away.url });
  await until(() => scene.state().state === 'degraded');
  assert.match(scene.state().reason ?? '', /cannot be reached \(ECONNREFUSED\)/);
  const { gather } = scene;
  const port = Number(new URL(away.url).port);
  await using back = await openGatherSimulator({ port, apiKey: gather.apiKey });
  await until(() => scene.state().state === 'ready');
  assert.is(back.connected, 1);
});

test('everything twice, in reverse and about nobody known changes nothing', async () => {
  await using scene = await stage.play();
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
  await stage.ada('active: In the fountain court (Gather)');
  world.leave('G-ADA');
  await stage.ada('nothing');
  assert.is(state().state, 'ready');
});

test('the database of the hub is away: areas stay bound as last known, /court says to try again, and then all is well', async () => {
  await using scene = await stage.play();
  const { gather, state } = scene;
  const { world, chats } = gather;
  const { presence } = stage.hub.hub;
  const seen = () => presence.explain('ada').claims.find(({ source }) => source === 'gather')?.text;
  await stage.ada(HERE);
  world.join('G-BOB', world.spot('palace/fountain court'));
  stage.database.cut();
  world.walk('G-ADA', world.spot('palace/fountain court'));
  await until(() => seen() === 'In the fountain court (Gather)');
  gather.type('G-BOB', 'court unbind');
  await until(() => chats.length > 0);
  assert.match(chats.at(-1)?.text ?? '', /try again/i);
  assert.is(state().state, 'ready');
  stage.database.mend();
  world.walk('G-ADA', world.spot('palace/clock court'));
  await stage.ada('active: In Gather: clock court, Palace');
});

test.run();
