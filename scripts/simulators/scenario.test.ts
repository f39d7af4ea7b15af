// A scenario is checked whole before anything happens, and then happens on the simulators that run.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { open as openGather } from './gather/playground.ts';
import { openPage } from './page.ts';
import { createPlayer } from './player.ts';
import type { Playground } from './playground.ts';
import { misfits, parseScenario, readScenario } from './scenario.ts';

const test = suite('simulators');
const MORNING = path.join(import.meta.dirname, 'scenarios/court-morning.json');
const people = [{ id: 'ada', name: 'Ada' }];
const places = { hall: { gather: 'palace/great hall' } };
const step = { at: 0, who: 'ada', in: 'gather', does: 'join', where: 'hall' };
const scenario = (...steps: object[]) => parseScenario(JSON.stringify({ people, places, steps }));

async function open(): Promise<Map<string, Playground> & AsyncDisposable> {
  const gather = await openGather(people, 0);
  return Object.assign(new Map([['gather', gather]]), {
    [Symbol.asyncDispose]: () => gather[Symbol.asyncDispose](),
  });
}

test('the example fits the simulators it names', async () => {
  const text = await readFile(MORNING, 'utf8');
  assert.equal(parseScenario(text), await readScenario(MORNING));
  await using playgrounds = await open();
  assert.equal(misfits(parseScenario(text), playgrounds), []);
});

const WRONG: [steps: object, told: RegExp][] = [
  [{ ...step, at: -1 }, /^steps\.0\.at: /],
  [{ ...step, who: 'eve' }, /^steps\.0: there is no eve among the people$/],
  [{ ...step, where: 'attic' }, /^steps\.0: attic is no place with a name in gather$/],
  [{ ...step, does: 'fly', extra: 1 }, /^steps\.0: Unrecognized key/],
];

test('what is wrong in a file is told by its place in it', async () => {
  for (const [wrong, told] of WRONG) assert.throws(() => scenario(wrong), told);
  await using playgrounds = await open();
  const unfit = misfits(scenario({ ...step, does: 'fly' }, { ...step, where: undefined }), playgrounds);
  assert.match(unfit[0] ?? '', /^steps\.0: nobody can fly in gather; there is join, walk/);
  assert.is(unfit[1], 'steps.1: join needs a place (where)');
  assert.equal(
    misfits(scenario({ ...step, in: 'gather' }), new Map()),
    [],
    'what does not run is passed over',
  );
});

test('steps happen in their order; one that cannot be is told, and the rest goes on', async () => {
  await using playgrounds = await open();
  const lines: string[] = [];
  const { promise: over, resolve } = Promise.withResolvers<void>();
  using player = createPlayer(
    scenario(
      { ...step, at: 0.02, does: 'busy' },
      step,
      { ...step, at: 0.01, does: 'leave' },
      { ...step, at: 0.03 },
    ),
    playgrounds,
    line => {
      if (lines.push(line) === 4) resolve();
    },
  );
  player.play();
  await over;
  assert.equal(lines, [
    'ada: join palace/great hall (gather)',
    'ada: leave (gather)',
    'ada is not in the space.',
    'ada: join palace/great hall (gather)',
  ]);
  assert.equal(player.progress, { done: 4, of: 4 });
});

test('the page acts for this machine alone, and says what it cannot do', async () => {
  await using playgrounds = await open();
  const given = scenario();
  using player = createPlayer(given, playgrounds, line => page.changed(line));
  await using page = await openPage({ scenario: given, playgrounds, player, port: 0 });
  const post = async (body: string, origin = page.url) => {
    const answer = await fetch(`${page.url}/do`, { method: 'POST', body, headers: { origin } });
    return `${answer.status} ${await answer.text()}`;
  };
  const joins = { simulator: 'gather', person: 'ada', deed: 'join', place: 'garden/maze' };
  assert.is(
    await post(JSON.stringify(joins), 'https://evil.example'),
    '403 This page is for this machine alone.',
  );
  assert.is(await post(JSON.stringify({ ...joins, person: 'eve' })), '400 There is no eve.');
  assert.match(
    await post(JSON.stringify({ ...joins, place: 'attic' })),
    /^400 There is no place attic in gather; /,
  );
  assert.is(
    await post(JSON.stringify({ ...joins, deed: 'constructor' })),
    '400 Nobody can constructor in gather.',
  );
  assert.is(await post('{}'), '400 That is no deed.');
  assert.is(await post('x'.repeat(10_000)), '400 That is too much.');
  assert.equal(playgrounds.get('gather')?.whereabouts(), []);
  assert.is(await post(JSON.stringify(joins)), '204 ');
  assert.is(playgrounds.get('gather')?.whereabouts()[0]?.place, 'garden/maze');
  const root = await fetch(page.url);
  assert.match(await root.text(), /<script type="module" src="\/page\.js">/);
  assert.match(root.headers.get('content-security-policy') ?? '', /^default-src 'none'; script-src 'self';/);
  assert.is((await fetch(`${page.url}/../main.ts`)).status, 404);
});

test.run();
