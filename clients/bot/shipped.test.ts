// time limit: 300 s
// The bots that ship, and `court bot` around them: made, scoped, watched, run as a process, and taken away.
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../server/testing/until.ts';
import { type Cli, openCli } from '../cli/fixture.ts';
import { bridgeBot } from './bots/bridge/index.ts';
import { lastAt } from './bots/recap/clock.ts';
import { recapBot } from './bots/recap/index.ts';
import { App, type Logger } from './index.ts';
import { createTestHub, type TestHub } from './testing/hub.ts';

const test = suite('bots that ship');
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
let hub: TestHub;
let cli: Cli;

test.before(async () => {
  hub = await createTestHub();
  cli = await openCli({ COURT_URL: hub.url, COURT_TOKEN: await hub.token('host', 'admin') });
});
test.after(async () => {
  await cli?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

test('a time of day, wherever: over midnight, and over the days that clocks are changed', () => {
  const last = (now: string, time: string, zone: string) => {
    const { at, day } = lastAt(Date.parse(now), time, zone);
    return `${new Date(at).toISOString()} ${day}`;
  };
  assert.is(last('2026-11-25T10:00:00Z', '09:00', 'UTC'), '2026-11-25T09:00:00.000Z 2026-11-25');
  assert.is(last('2026-11-25T08:59:59Z', '09:00', 'UTC'), '2026-11-24T09:00:00.000Z 2026-11-24');
  assert.is(last('2026-11-25T08:00:00Z', '09:00', 'Europe/Berlin'), '2026-11-25T08:00:00.000Z 2026-11-25');
  assert.is(last('2026-07-01T06:59:00Z', '09:00', 'Europe/Berlin'), '2026-06-30T07:00:00.000Z 2026-06-30');
  assert.is(last('2026-10-25T12:00:00Z', '09:00', 'Europe/Berlin'), '2026-10-25T08:00:00.000Z 2026-10-25');
  assert.is(last('2026-10-25T07:59:00Z', '09:00', 'Europe/Berlin'), '2026-10-24T07:00:00.000Z 2026-10-24');
  assert.is(last('2026-11-25T12:30:00Z', '23:30', 'Pacific/Auckland'), '2026-11-25T10:30:00.000Z 2026-11-25');
  assert.throws(() => lastAt(0, '09:00', 'Mars/Olympus'), RangeError);
});

test('recap posts the day once to each room where something was said, however often it starts', async () => {
  const [ada, still] = [await hub.person('Ada', { room: 'busy' }), await hub.person('Cy', { room: 'still' })];
  await ada.say('We move the opening to Friday, since the paint is still wet.');
  const to = await hub.bot('daily', { rooms: ['busy', 'still'] });
  const due = new Date(Date.now() - 60_000).toISOString().slice(11, 16);
  const posted = (person: typeof ada, room: string) =>
    person.court.room(room).messages.filter(({ summary }) => summary !== undefined);
  const run = async () => {
    const app = recapBot({ ...to, at: due, logger: silent });
    await app.start();
    return app;
  };
  const first = await run();
  await until(() => posted(ada, 'busy').length === 1);
  await first.stop();
  await using _ = await run();
  await ada.run('/recap week');
  // One at once for who asks, and of the day still the one: the second run was there before it.
  await until(() => posted(ada, 'busy').length === 2);
  assert.equal(
    posted(ada, 'busy').map(({ by }) => by),
    ['daily', 'daily'],
  );
  assert.is(posted(still, 'still').length, 0);
});

test('bridge mirrors both ways with threads, edits and deletes, each once; what it mirrored comes not back', async () => {
  await using other = await createTestHub();
  const [here, there] = [
    await hub.bot('bridge', { rooms: ['plaza'] }),
    await other.bot('bridge', { rooms: ['market'] }),
  ];
  const out = () => bridgeBot({ ...here, room: 'plaza', to: { ...there, room: 'market' }, logger: silent });
  const ada = await hub.person('Ada', { room: 'plaza' });
  const bo = await other.person('Bo', { room: 'market' });
  await using back = bridgeBot({ ...there, room: 'market', to: { ...here, room: 'plaza' }, logger: silent });
  await back.start();
  const first = out();
  await first.start();
  const { id } = await ada.say('The gates *open*');
  await bo.hears('**Ada**: The gates *open*');
  await first.stop();
  await ada.court.room('plaza').edit(id, 'The gates open at nine').done;
  await ada.say('and one in a thread', { replyTo: id });
  await using second = out();
  await second.start();
  await bo.hears('**Ada**: and one in a thread');
  const [mirrored, reply] = bo.court.room('market').messages;
  assert.equal([mirrored?.text, reply?.replyTo], ['**Ada**: The gates open at nine', mirrored?.id]);
  await bo.say('at nine, then', { replyTo: mirrored?.id as string });
  await ada.hears('**Bo**: at nine, then');
  assert.is(ada.court.room('plaza').messages.at(-1)?.root, id);
  await ada.court.room('plaza').delete(id).done;
  await until(() => bo.court.room('market').messages[0]?.deletedAt !== undefined);
  assert.equal(
    [ada, bo].map((who, at) => who.court.room(at === 0 ? 'plaza' : 'market').messages.length),
    [3, 3],
  );
});

test('court bot: create, run, scopes, list, dead-letters, replay, revoke', async () => {
  const ada = await hub.person('Ada', { room: 'square' });
  const [made] = await cli.json(['bot', 'create', 'Echo', '--id', 'echo', '--room', 'square']);
  assert.equal([made?.id, made?.rooms], ['echo', ['square']]);
  const token = made?.token as string;
  const running = cli.start(['bot', 'run', 'echo'], { COURT_TOKEN: token });
  await until(async () => (await ada.court.call('command:list', { room: 'square' })).commands.length > 0);
  await ada.say('echo hello');
  await ada.hears('hello');
  assert.is((await ada.run('/echo once more')).text, 'once more');
  running.kill('SIGTERM');
  await once(running, 'exit');

  // One that fails, in its place.
  const letter = { room: 'square', name: 'main', seq: 2, attempts: 3, error: 'Error: no\n  at line 1' };
  const echo = new App({ url: hub.url, token, logger: silent });
  await echo.start();
  await echo.client.call('deadletter:put', letter);
  await echo.stop();
  assert.match((await cli.run(['bot', 'dead-letters', 'echo'])).stdout, /echo +square#2 .* 3 .*Error: no\n/);
  assert.equal(await cli.json(['bot', 'dead-letters', 'echo', '--drop']), [{ count: 1, bot: 'echo' }]);
  const [place] = await cli.json(['bot', 'replay', 'echo', '--room', 'square', '--from', '2020-01-01']);
  assert.is(place?.room, 'square');

  await cli.json(['bot', 'scopes', 'echo', '--allow', 'read']);
  assert.match((await cli.run(['bot', 'list'])).stdout, /\*:read/);
  await cli.json(['bot', 'revoke', 'echo']);
  const refused = await cli.run(['bot', 'run', 'echo'], { env: { COURT_TOKEN: token } });
  assert.equal([refused.code, refused.stdout], [1, '']);
});

test.run();
