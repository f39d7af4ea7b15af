// A scenario is checked whole before anything happens, and then happens on the simulators that run.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { open as openGather } from './gather/playground.ts';
import { open as openGoogle } from './google/playground.ts';
import { openPage } from './page.ts';
import { createPlayer } from './player.ts';
import { type Playground, settingLine } from './playground.ts';
import { misfits, parseScenario, readScenario } from './scenario.ts';
import { open as openSlack } from './slack/playground.ts';

const test = suite('simulators');
const MORNING = path.join(import.meta.dirname, 'scenarios/court-morning.json');
const people = [{ id: 'ada', name: 'Ada' }];
const places = { hall: { gather: 'palace/great hall' } };
const step = { at: 0, who: 'ada', in: 'gather', does: 'join', where: 'hall' };
const scenario = (...steps: object[]) => parseScenario(JSON.stringify({ people, places, steps }));

async function open(): Promise<Map<string, Playground> & AsyncDisposable> {
  await using parts = new AsyncDisposableStack();
  const playgrounds = new Map<string, Playground>();
  for (const [name, openIt] of Object.entries({ gather: openGather, slack: openSlack, google: openGoogle }))
    playgrounds.set(name, parts.use(await openIt(people, 0)));
  const opened = parts.move();
  return Object.assign(playgrounds, { [Symbol.asyncDispose]: () => opened.disposeAsync() });
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
  assert.equal(misfits(scenario({ at: 0, who: 'ada', in: 'slack', does: 'say' }), playgrounds), [
    'steps.0: say needs a place (where)',
    'steps.0: say needs words (says)',
  ]);
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

test('what people do at Slack and Google shows where they are, in words', async () => {
  await using playgrounds = await open();
  using player = createPlayer(scenario(), playgrounds, () => {});
  const ada = (name: string) => playgrounds.get(name)?.whereabouts()[0];
  const slack = async (deed: string, words?: string) => {
    const place = '#general';
    await player.act({ simulator: 'slack', person: 'ada', deed, place, words });
    return `${ada('slack')?.status}: ${ada('slack')?.words}`;
  };
  assert.is(await slack('active'), 'active: ');
  assert.is(await slack('status', 'Reading'), 'active: Reading');
  assert.is(await slack('huddle'), 'busy: in a huddle, Reading');
  assert.is(await slack('no status'), 'busy: in a huddle');
  assert.is(await slack('leave huddle'), 'active: ');
  assert.is(await slack('pause'), 'busy: notifications paused');
  assert.is(await slack('resume'), 'active: ');
  assert.is(await slack('away'), 'away: ');
  const refused = await slack('say', ' ').catch((error: Error) => error.message);
  assert.is(refused, 'To say in slack needs words.');
  const there = () => fetchChannel(playgrounds.get('slack') as Playground);
  assert.equal(await there(), []);
  await slack('say', 'Hello');
  assert.equal(await there(), ['Hello']);

  const google = (deed: string) => player.act({ simulator: 'google', person: 'ada', deed });
  assert.is(ada('google'), undefined);
  await google('meet');
  assert.match(ada('google')?.words ?? '', /^in a meeting until \d\d:\d\d$/);
  await google('end meeting');
  assert.is(ada('google'), undefined);
});

test('settings are lines that .env takes', () => {
  assert.is(settingLine(['A', 'http://127.0.0.1:1/x']), 'A=http://127.0.0.1:1/x');
  assert.is(settingLine(['A', '{"b":"c d"}']), `A='{"b":"c d"}'`);
});

/** What stands in the first channel, by the simulator's own door. */
async function fetchChannel({ settings }: Playground): Promise<string[]> {
  const answer = await fetch(new URL('/control', settings.SLACK_API_URL));
  const { channels } = (await answer.json()) as { channels: { messages: { text: string }[] }[] };
  return channels[0]?.messages.map(({ text }) => text) ?? [];
}

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
