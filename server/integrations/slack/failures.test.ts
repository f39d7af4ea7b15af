// What Slack and the network do wrong, one test a line of the table in docs/integrations/slack.md, through the real clients and a real hub.
// Every test also sends a message of the hub meanwhile: Slack never holds one up.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSlackStage, type SlackStage, until } from '../../testing/slack.ts';

const test = suite('slack failures');
let stage: SlackStage;

test.before(async () => {
  stage = await openSlackStage();
});
test.after.each(async () => {
  const { slack, state, channel } = stage;
  slack.mend();
  slack.restore();
  channel.is_archived = false;
  Object.assign(slack.chances, { duplicate: 0, reorder: 0 });
  await until(
    () => state().state === 'ready' && slack.sockets.size >= 2,
    () => JSON.stringify(state()),
  );
});
test.after(async () => stage[Symbol.asyncDispose]());

let count = 0;
const fresh = (word: string) => `${word} ${++count}`;
const times = (texts: readonly string[], text: string) => texts.filter(one => one === text).length;
const reason = () => {
  const state = stage.state();
  return 'reason' in state ? state.reason : state.state;
};

/** Says something here, which the hub takes at once whatever Slack does. */
async function sayHere(word: string): Promise<string> {
  const text = fresh(word);
  const began = performance.now();
  await stage.say(text);
  assert.ok(performance.now() - began < 5000, 'the hub took it without waiting for Slack');
  return text;
}
const arrivesThere = (text: string) =>
  until(
    () => stage.there().includes(text),
    () => `${text} there; ${reason()}`,
  );
const arrivesHere = (text: string) =>
  until(
    async () => (await stage.here()).includes(text),
    () => `${text} here; ${reason()}`,
  );

/** Both ways work, and nothing stands twice. */
async function flowsOn(...texts: string[]): Promise<void> {
  const out = await sayHere('out');
  const back = fresh('in');
  stage.post(back);
  await arrivesThere(out);
  await arrivesHere(back);
  const [here, there] = [await stage.here(), stage.there()];
  for (const text of [...texts, out, back]) {
    assert.is(times(here, text), 1, `${text} here`);
    assert.is(times(there, text), 1, `${text} there`);
  }
}

for (const error of ['invalid_auth', 'account_inactive', 'token_revoked'] as const) {
  test(`the token is revoked (${error}): it says so, goes on trying, and works again when it may`, async () => {
    const { slack, state, post } = stage;
    slack.revoke(error);
    const [out, back] = [await sayHere('revoked'), fresh('missed')];
    post(back);
    await until(() => state().state === 'failed');
    assert.match(reason(), error);
    assert.match((state() as { next: string }).next, 'api.slack.com/apps');
    slack.restore();
    await arrivesThere(out);
    await arrivesHere(back);
    await flowsOn(out, back);
  });
}

test('429 with retry-after: the post waits that long and is there once, and presence and reading go on', async () => {
  const { slack } = stage;
  slack.fail({ method: 'chat.postMessage', kind: 'rate_limited', retryAfter: 1, times: 2 });
  const out = await sayHere('limited');
  const back = fresh('meanwhile');
  stage.post(back);
  await arrivesHere(back);
  await arrivesThere(out);
  await flowsOn(out, back);
});

test('HTTP 500 to a post: it is posted again, once', async () => {
  stage.slack.fail({ method: 'chat.postMessage', kind: 'status', status: 500, times: 3 });
  const out = await sayHere('five hundred');
  await arrivesThere(out);
  await flowsOn(out);
});

test('the connection breaks after Slack took the post: it is looked for, not posted again', async () => {
  const { slack } = stage;
  const before = slack.calls.get('chat.postMessage') ?? 0;
  slack.fail({ method: 'chat.postMessage', kind: 'cut', times: 1 });
  const out = await sayHere('cut');
  const next = await sayHere('after the cut');
  await arrivesThere(next);
  assert.is((slack.calls.get('chat.postMessage') ?? 0) - before, 2);
  // The pair was made all the same: a reaction finds its message.
  const there = stage.channel.messages.find(({ text }) => text === out);
  slack.talk.react(stage.channel.id, stage.bobThere.id, there?.ts as string, 'eyes', true);
  await until(async () => {
    const { messages } = await stage.ada.call('messages:read', { room: stage.room });
    return messages.find(({ text }) => text === out)?.reactions[0]?.emoji === '👀';
  });
  await flowsOn(out, next);
});

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
  const texts = Array.from({ length: 450 }, () => post(fresh('long ago')).text);
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

test('a scope is missing: it names it, and messages go on without what it is for', async () => {
  const { slack, say, room, ada, state } = stage;
  const token = slack.tokens.get(slack.botToken);
  const all = token?.scopes ?? [];
  if (token) token.scopes = all.filter(scope => !['reactions:write', 'chat:write.customize'].includes(scope));
  const target = await say(fresh('to react to'));
  await ada.call('message:react', { room, target, id: crypto.randomUUID(), emoji: '🎉', on: true });
  const after = await sayHere('after the reaction');
  await arrivesThere(`*Ada*\n${after}`);
  assert.is(state().state, 'degraded');
  assert.match(reason(), 'reactions:write');
  // The operator adds it, and the hub is started again.
  await stage[Symbol.asyncDispose]();
  stage = await openSlackStage();
});

test('the channel is archived: what is said here waits and follows in order when it is open again', async () => {
  const { channel, state } = stage;
  channel.is_archived = true;
  const texts = [await sayHere('archived'), await sayHere('archived'), await sayHere('archived')];
  await until(() => /un-archive/.test(reason()));
  assert.is(state().state, 'degraded');
  channel.is_archived = false;
  for (const text of texts) await arrivesThere(text);
  assert.equal(
    stage.there().filter(text => texts.includes(text)),
    texts,
  );
  await flowsOn(...texts);
});

test('the app was taken out of the channel: it joins again by itself', async () => {
  const { channel } = stage;
  channel.members.delete('U00000BOT');
  const out = await sayHere('not in channel');
  await arrivesThere(out);
  await flowsOn(out);
});

test('a message that Slack refuses for good is left out, and those after it go on', async () => {
  const { slack } = stage;
  slack.fail({ method: 'chat.postMessage', kind: 'error', error: 'msg_too_long', times: 1 });
  const refused = await sayHere('refused');
  const next = await sayHere('next');
  await arrivesThere(next);
  assert.is(times(stage.there(), refused), 0);
  assert.ok(stage.hub.complaints.some(({ fields }) => JSON.stringify(fields).includes('msg_too_long')));
});

test('Slack answers slowly: nothing of the hub waits for it', async () => {
  const { slack } = stage;
  slack.fail({ kind: 'slow', ms: 1500, times: 4 });
  const out = await sayHere('slow');
  await arrivesThere(out);
  await flowsOn(out);
});

test.run();
