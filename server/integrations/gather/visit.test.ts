// alone: what is left open in its process, and what nobody catches there, is its own
// The official client against every way in which Gather fails: each visit ends with its reason, and nothing of it is left.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type GatherSimulator, openGatherSimulator } from '../../../scripts/simulators/gather/simulator.ts';
import { type Ending, type GatherSettings, visit } from './visit.ts';

const test = suite('integrations/gather/visit');
let gather: GatherSimulator;
const unhandled: unknown[] = [];
process.on('unhandledRejection', error => unhandled.push(error));

const PATIENCE = { entering: 2000, silence: 400 };
const open = (): GatherSettings => ({ apiKey: gather.apiKey, spaceId: gather.spaceId, apiUrl: gather.url });

/** @param inside what happens once the space is known */
async function ends(over: Partial<GatherSettings>, inside?: () => void, patience = PATIENCE) {
  const heard: string[] = [];
  let entered = 0;
  const visitor = {
    heard: ({ $case }: { $case: string }) => void heard.push($case),
    entered() {
      entered++;
      inside?.();
    },
  };
  const signal = AbortSignal.timeout(10_000);
  const ending = await visit({ ...open(), ...over }, visitor, patience, signal);
  return { ending, entered, heard };
}

test.before(async () => {
  gather = await openGatherSimulator({ heartbeat: 50 });
  gather.world.join('ada');
});

test.after.each(() => {
  for (const fault of Object.keys(gather.faults)) delete (gather.faults as Record<string, unknown>)[fault];
});

const OUTSIDE: [name: string, over: Partial<GatherSettings>, fault: object, ending: Ending][] = [
  ['a bad key', { apiKey: 'other' }, {}, { why: 'closed', code: 4003 }],
  ['a wrong space', { spaceId: 'aaaaaaaaaaaaaaaa\\x' }, {}, { why: 'refused', status: 404 }],
  ['a failing service', {}, { status: 500 }, { why: 'refused', status: 500 }],
  ['too many requests', {}, { status: 429 }, { why: 'refused', status: 429 }],
  ['nobody there', { apiUrl: 'http://127.0.0.1:1' }, {}, { why: 'unreachable', code: 'ECONNREFUSED' }],
  ['a page instead of an address', {}, { assignment: '<!doctype html>' }, { why: 'nonsense' }],
  ['no address', {}, { assignment: '' }, { why: 'nonsense' }],
  ['no game server there', {}, { assignment: 'ws://127.0.0.1:1' }, { why: 'closed', code: 1006 }],
  ['another protocol', {}, { refuse: 1002 }, { why: 'closed', code: 1002 }],
  ['a closed space', {}, { refuse: 4011 }, { why: 'closed', code: 4011 }],
  ['a full space', {}, { refuse: 4012 }, { why: 'closed', code: 4012 }],
];

for (const [name, over, fault, ending] of OUTSIDE)
  test(`${name} ends the visit before it began`, async () => {
    Object.assign(gather.faults, fault);
    const ended = await ends(over);
    assert.equal([ended.ending, ended.entered], [ending, 0]);
  });

test('slow answers end the visit when the patience does', async () => {
  gather.faults.slow = 60_000;
  assert.equal((await ends({}, undefined, { ...PATIENCE, entering: 100 })).ending, { why: 'slow' });
  delete gather.faults.slow;
  // A server that takes the connection and is never ready.
  gather.faults.silent = true;
  assert.equal((await ends({}, undefined, { ...PATIENCE, entering: 200 })).ending, { why: 'slow' });
});

test('a server that falls silent is left', async () => {
  const { ending, entered } = await ends({}, () => {
    gather.faults.silent = true;
  });
  assert.equal([ending, entered], [{ why: 'silent' }, 1]);
});

test('a close and a cut end the visit, and the client does not come back by itself', async () => {
  const before = gather.requests.get('/game') ?? 0;
  for (const code of [1001, 1011, 4009, 4010, 4013])
    assert.equal((await ends({}, () => gather.close(code))).ending, { why: 'closed', code });
  assert.equal((await ends({}, () => gather.cut())).ending, { why: 'closed', code: 1006 });
  assert.is(gather.requests.get('/game'), before + 6);
});

test('everything is heard once it is known who is there, and leaving is at once', async () => {
  const leaving = new AbortController();
  const heard: string[] = [];
  const entered = () => {
    assert.ok(heard.includes('playerJoins') && heard.includes('mapSetAreas'));
    leaving.abort();
  };
  const visitor = { heard: ({ $case }: { $case: string }) => void heard.push($case), entered };
  assert.equal(await visit(open(), visitor, PATIENCE, leaving.signal), { why: 'left' });
  assert.equal(await visit(open(), visitor, PATIENCE, leaving.signal), { why: 'left' });
});

test('events about nobody known, which the client throws at, are heard and do no harm', async () => {
  const { ending, heard } = await ends({}, () => {
    gather.send({ $case: 'playerJoins', playerJoins: { encId: 4711 } });
    gather.send({ $case: 'playerExits', playerExits: { encId: 4711 } });
    gather.close(1001);
  });
  assert.equal(ending, { why: 'closed', code: 1001 });
  assert.equal(heard.filter(name => name === 'playerJoins').length, 2);
});

test("this process's own ENVIRONMENT does not lead the client elsewhere", async () => {
  const { ENVIRONMENT } = process.env;
  process.env.ENVIRONMENT = 'test';
  const { ending } = await ends({}, () => gather.close(1001));
  if (ENVIRONMENT === undefined) delete process.env.ENVIRONMENT;
  else process.env.ENVIRONMENT = ENVIRONMENT;
  assert.equal(ending, { why: 'closed', code: 1001 });
});

test('after all this, no timer, no socket and no rejection is left', async () => {
  await gather[Symbol.asyncDispose]();
  const left = () => process.getActiveResourcesInfo().filter(name => /Timeout|Immediate|TCP/.test(name));
  const patience = performance.now() + 30_000;
  // A closing WebSocket may wait three seconds for the other side.
  while (left().length > 0 && performance.now() < patience)
    await new Promise(resolve => setTimeout(resolve, 5));
  assert.equal([left(), unhandled], [[], []]);
});

test.run();
