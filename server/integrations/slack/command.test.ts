// `/court` as people type it, through the real client and a real hub.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withConnection } from '../../store/databases.ts';
import { connect } from '../../testing/client.ts';
import { openSlackStage, type SlackStage, until } from '../../testing/slack.ts';

const test = suite('slack command');
let stage: SlackStage;

test.before(async () => {
  stage = await openSlackStage();
});
test.after(async () => stage[Symbol.asyncDispose]());

test('help, and help again for what it does not know', async () => {
  const help = await stage.command('help');
  for (const verb of ['link', 'unlink', 'status', 'recap', 'announce']) assert.match(help, `/court ${verb}`);
  assert.is(await stage.command(''), help);
  assert.is(await stage.command('dance'), help);
});

test('status: what is linked, with a link to it, and how the connection stands', async () => {
  const status = await stage.command('status');
  assert.match(status, `<http://court.example/#/room/${stage.room}|${stage.room}>`);
  assert.match(status, 'Connection: ready');
});

test('only those who keep the room may link it or end that (attack 17)', async () => {
  const { slack, bobThere, command, room } = stage;
  const other = slack.workspace.addChannel('bobs', { members: [bobThere.id] });
  const refused = await slack.command(other.id, bobThere.id, `link ${room}`);
  assert.not.match(refused, 'are one from now on');
  assert.not.match(await command('unlink', bobThere), /is not linked to a room any more/);
  assert.match(await command('status'), `/#/room/${room}`);
  assert.match(await command('link no-such-room'), /./);
});

test('a code from the hub says who somebody in Slack is here, once', async () => {
  const { hub, slack } = stage;
  const eveThere = slack.workspace.addUser('Eve There');
  stage.channel.members.add(eveThere.id);
  await using eve = await connect(hub.url, { token: await hub.token('eve') });
  const { code } = await eve.call('link:code', { vendor: 'slack' });
  assert.is(await stage.command(`link ${code}`, eveThere), 'You are eve at First Court from now on.');
  assert.not.match(await stage.command(`link ${code}`, stage.bobThere), 'from now on');
});

test('recap: what was said, each point with links to its messages, to whom asked alone', async () => {
  const { say, post, ada, room } = stage;
  assert.match(await patiently('recap'), 'Nothing was said');
  const park = await say('We meet in the park at noon, as decided with everybody yesterday.');
  const gone = await say('The secret password of the cellar is hunter2, remember it well.');
  await ada.call('message:delete', { room, target: gone, id: crypto.randomUUID() });
  post('I will bring the sandwiches for all twelve of us.');
  await until(async () => (await stage.here()).some(text => text.includes('sandwiches')));
  const recap = await patiently('recap');
  const [head, ...points] = recap.split('\n');
  assert.is(head, `<http://court.example/#/room/${room}|${room}> in the last day:`);
  assert.ok(
    points.some(
      point =>
        point.includes('park') && point.includes(`<http://court.example/#/room/${room}/thread/${park}|[`),
    ),
    recap,
  );
  assert.match(points.at(-1) ?? '', '_Extracted without a model_');
  assert.not.match(recap, 'hunter2');
  assert.not.ok(stage.there().some(text => text.includes('in the last day')));
});

/** A busy machine takes longer than Slack waits, and then the answer comes by itself. */
async function patiently(asked: string): Promise<string> {
  const { command, slack, bobThere } = stage;
  const before = slack.whispers.length;
  const answer = await command(asked, bobThere);
  if (!answer.includes('One moment')) return answer;
  await until(() => slack.whispers.length > before);
  return slack.whispers.at(-1)?.text ?? '';
}

test('announce: by those who keep the room, once here and once there', async () => {
  const { command, bobThere, ada, room, there } = stage;
  assert.match(await command('announce Nothing', bobThere), 'Only owners and moderators');
  assert.match(await command('announce'), 'Say what to announce');
  assert.is(await command('announce The hall is *open* &amp; warm'), 'It is announced.');
  await until(() => there().some(text => text === '📣 *Announcement*\nThe hall is *open* &amp; warm'));
  const { messages } = await ada.call('messages:read', { room });
  const [announced, ...more] = messages.filter(({ meta }) => meta?.announcement === true);
  assert.is(announced?.text, 'The hall is **open** & warm');
  assert.is(announced?.by, 'ada');
  assert.equal(more, []);
  const object = await ada.push('announcement');
  assert.equal(
    [object.text, object.by, object.level, object.requireAck],
    [announced?.text, 'ada', 'info', false],
  );
  assert.ok(Date.parse(object.until ?? '') > Date.now());
});

test('a slow hub answers within 3 s that it is at it, and then with the answer', async () => {
  const { slack, hub, command, room } = stage;
  // Somebody keeps the links locked for longer than Slack waits.
  const release = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = withConnection(hub.databaseUrl, sql =>
    sql.begin(async tx => {
      await tx`lock table vendor_bindings in access exclusive mode`;
      locked.resolve();
      await release.promise;
    }),
  );
  await locked.promise;
  const first = await command('status');
  release.resolve();
  await holding;
  assert.match(first, /One moment|cannot reach its database/);
  if (first.includes('One moment'))
    await until(() =>
      slack.whispers.some(({ text }) => text.includes(`/#/room/${room}`) || text.includes('cannot reach')),
    );
  assert.match(await command('status'), `/#/room/${room}`);
});

test.run();
