import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type GatherSimulator, openGatherSimulator } from '../../../scripts/simulators/gather/simulator.ts';
import { readConfig } from '../../../server/config.ts';
import { gather as examineGather } from './gather.ts';

const test = suite('cli/doctor/gather');
let gather: GatherSimulator;

const look = (env: Record<string, string>, signal = AbortSignal.timeout(40_000)) =>
  examineGather({ config: readConfig(env), signal });
const settings = () => ({
  GATHER_API_URL: gather.url,
  GATHER_API_KEY: gather.apiKey,
  GATHER_SPACE_ID: gather.spaceId,
});

test.before(async () => {
  gather = await openGatherSimulator();
  gather.world.join('ada');
});
test.after(async () => {
  await gather[Symbol.asyncDispose]();
});
test.after.each(() => {
  for (const fault of Object.keys(gather.faults)) delete (gather.faults as Record<string, unknown>)[fault];
});

test('not configured is no trouble; a space that opens is told with what was seen', async () => {
  assert.equal(await look({}), { state: 'off' });
  assert.equal(await look(settings()), {
    state: 'ok',
    reason: 'The space is open to us: maps: 2, people now: 1.',
  });
});

const TROUBLES: [name: string, env: object, fault: object, reason: RegExp, next: RegExp][] = [
  ['a bad key', { GATHER_API_KEY: 'other' }, {}, /API key \(4003\)/, /Make a key at .*GATHER_API_KEY/],
  [
    'a wrong space',
    { GATHER_SPACE_ID: 'aaaaaaaaaaaaaaaa/x' },
    {},
    /knows no Classic space/,
    /GATHER_SPACE_ID/,
  ],
  [
    'a space of Gather 2.0',
    { GATHER_SPACE_ID: 'https://app.v2.gather.town/app/6d1f902a-e3f9-4c23-a733-9ad5856db030' },
    {},
    /Gather 2\.0, whose API does not exist/,
    /Classic \(1\.0\)/,
  ],
  ['a space of Gather 2.0, by its answer', {}, { status: 403 }, /Gather 2\.0/, /Classic \(1\.0\)/],
  [
    'nobody there',
    { GATHER_API_URL: 'http://127.0.0.1:1' },
    {},
    /cannot be reached \(ECONN/,
    /firewall, proxy/,
  ],
  ['not Gather', {}, { assignment: '<html>' }, /does not answer as Gather does/, /GATHER_API_URL/],
  ['no WebSockets', {}, { assignment: 'ws://127.0.0.1:1' }, /was lost \(1006\)/, /WebSockets/],
  ['trouble at their end', {}, { status: 502 }, /HTTP 502/, /Wait/],
];

test('what is wrong is told apart, each with the next step in one line', async () => {
  for (const [name, env, fault, reason, next] of TROUBLES) {
    Object.assign(gather.faults, fault);
    const finding = await look({ ...settings(), ...env });
    for (const one of Object.keys(fault)) delete (gather.faults as Record<string, unknown>)[one];
    assert.is(finding.state, 'failed', name);
    assert.match(finding.reason ?? '', reason);
    assert.match(finding.next ?? '', next);
    assert.not.match(`${finding.reason}${finding.next}`, new RegExp(`\\n|${gather.apiKey}`));
  }
  assert.is(new Set(TROUBLES.map(([, , , reason]) => String(reason))).size, TROUBLES.length);
});

test('when the time is up it says so', async () => {
  gather.faults.slow = 60_000;
  const { state, reason } = await look(settings(), AbortSignal.timeout(100));
  assert.equal([state, reason], ['failed', 'Gather did not tell the whole space in time.']);
});

test.run();
