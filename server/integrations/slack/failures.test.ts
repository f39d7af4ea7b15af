// What Slack does wrong with posts and tokens, one test a line of the table in docs/integrations/slack.md, through the real clients and a real hub. Every test also
// sends a message of the hub meanwhile: Slack never holds one up.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSlackStage, type SlackStage, until } from '../../testing/slack.ts';
import { createTrial } from '../../testing/slack-trial.ts';

const test = suite('slack failures');
let stage: SlackStage;
const { fresh, times, reason, sayHere, arrivesThere, arrivesHere, flowsOn, mend } = createTrial(() => stage);

test.before(async () => {
  stage = await openSlackStage();
});
test.after.each(mend);
test.after(async () => stage[Symbol.asyncDispose]());

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
