// What goes wrong with the connection and its events, one test a line of the table in docs/integrations/slack.md, through the real clients and a real hub. Every test also
// sends a message of the hub meanwhile: Slack never holds one up.
// takes: 8 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSlackStage, type SlackStage, until } from '../../testing/slack.ts';
import { createTrial } from '../../testing/slack-trial.ts';

const test = suite('slack connection');
let stage: SlackStage;
const { fresh, reason, arrivesHere, flowsOn, mend } = createTrial(() => stage);

test.before(async () => {
  stage = await openSlackStage();
});
test.after.each(mend);
test.after(async () => stage[Symbol.asyncDispose]());

test('HTTP 500 and revocation while it reconnects: it never gives up, and the process lives (I16)', async () => {
  const { slack } = stage;
  const before = slack.calls.get('apps.connections.open') ?? 0;
  slack.fail({ method: 'apps.connections.open', kind: 'status', status: 500 });
  slack.sockets.cut();
  await until(() => (slack.calls.get('apps.connections.open') ?? 0) > before + 10);
  slack.mend();
  slack.fail({ method: 'apps.connections.open', kind: 'error', error: 'invalid_auth', times: 6 });
  await until(() => slack.faults.size === 0);
  await until(() => slack.sockets.size >= 2);
  await flowsOn();
});

for (const why of ['refresh_requested', 'warning'] as const) {
  test(`Slack recycles one socket (${why}): the other carries on, and a new one comes`, async () => {
    const { slack } = stage;
    slack.sockets.disconnect(why, 1);
    await flowsOn();
    await until(() => slack.sockets.size === 2);
  });
}

test('too many websockets: it says that another hub may use the app, and comes back when there is room', async () => {
  const { slack } = stage;
  slack.sockets.disconnect('too_many_websockets', 1);
  await until(() => /10 sockets/.test(reason()));
  await flowsOn();
  await until(() => slack.sockets.size === 2);
});

test('Socket Mode is switched off: it says where to switch it on', async () => {
  const { slack, state } = stage;
  slack.sockets.disconnect('link_disabled');
  await until(() => /Socket Mode is switched off/.test(reason()));
  assert.is(state().state, 'failed');
  await until(() => slack.sockets.size === 2);
  await flowsOn();
});

test('events while no socket is there are read back from the history, answers, edits and reactions too', async () => {
  const { slack, post, channel, bobThere } = stage;
  const head = post(fresh('head'));
  await arrivesHere(head.text);
  slack.fail({ method: 'apps.connections.open', kind: 'status', status: 503 });
  slack.sockets.cut();
  await until(() => slack.sockets.size === 0);
  const lost = slack.sockets.counts.lost;
  const [said, edited, answer] = [fresh('said'), fresh('edited'), fresh('answer')];
  const one = post(said);
  slack.talk.react(channel.id, bobThere.id, one.ts, 'tada', true);
  slack.talk.edit(channel.id, bobThere.id, head.ts, edited);
  post(answer, { thread_ts: head.ts });
  // Slack itself has given them up.
  await until(() => slack.sockets.counts.lost >= lost + 4);
  slack.mend();
  for (const text of [said, edited, answer]) await arrivesHere(text);
  const { messages } = await stage.ada.call('messages:read', { room: stage.room });
  const find = (text: string) => messages.find(message => message.text === text);
  assert.is(find(answer)?.root, find(edited)?.id);
  await until(async () => {
    const now = await stage.ada.call('messages:read', { room: stage.room });
    return now.messages.find(({ text }) => text === said)?.reactions[0]?.emoji === '🎉';
  });
  await flowsOn(said, edited, answer);
});

test('frames that are none are passed over, and the process lives (I16)', async () => {
  const { slack } = stage;
  const none = [
    'null',
    '1',
    'no JSON',
    '{}',
    '{"type":"events_api"}',
    '{"type":"events_api","payload":{"event":null}}',
  ];
  for (const text of [...none, '{"type":"events_api","payload":{"event":{"type":"message"}}}'])
    slack.sockets.babble(text);
  await flowsOn();
});

test('half of the pages of a long history fail: the reading goes on where it stopped', async () => {
  const { slack, post, ada, room } = stage;
  slack.fail({ method: 'apps.connections.open', kind: 'status', status: 503 });
  slack.sockets.cut();
  await until(() => slack.sockets.size === 0);
  const texts = Array.from({ length: 250 }, () => post(fresh('long ago')).text);
  await until(() => slack.sockets.counts.waiting === 0);
  slack.mend();
  slack.fail({ method: 'conversations.history', kind: 'status', status: 503, share: 0.5 });
  const said = () =>
    ada.events(room).flatMap(({ type, data }) => (type === 'message.created' ? [data.text] : []));
  await until(() => said().includes(texts.at(-1) as string));
  assert.equal(
    said().filter(text => text.startsWith('long ago')),
    texts,
  );
});

test('duplicates and overtaking: the room is as the channel is, each thing once (I3)', async () => {
  const { slack, post, channel, bobThere } = stage;
  Object.assign(slack.chances, { duplicate: 0.5, reorder: 0.5 });
  const heads = Array.from({ length: 30 }, () => post(fresh('shuffled')));
  for (const { ts, text } of heads) {
    slack.talk.react(channel.id, bobThere.id, ts, 'eyes', true);
    slack.talk.edit(channel.id, bobThere.id, ts, `${text}, first`);
    slack.talk.edit(channel.id, bobThere.id, ts, `${text}, second`);
    slack.talk.react(channel.id, bobThere.id, ts, 'eyes', false);
  }
  const gone = heads.slice(0, 5);
  for (const { ts } of gone) slack.talk.remove(channel.id, bobThere.id, ts);
  await until(() => slack.sockets.counts.waiting === 0);
  const read = async () => (await stage.ada.call('messages:read', { room: stage.room, limit: 200 })).messages;
  const mine = async () =>
    (await read()).filter(({ text, deletedAt }) => text.startsWith('shuffled') && !deletedAt);
  await until(
    async () => (await mine()).length === 25 && (await mine()).every(({ text }) => text.endsWith('second')),
    async () => JSON.stringify((await mine()).map(({ text }) => text)),
  );
  await until(async () => (await mine()).every(({ reactions }) => reactions.length === 0));
  Object.assign(slack.chances, { duplicate: 0, reorder: 0 });
  await flowsOn();
});

test.run();
