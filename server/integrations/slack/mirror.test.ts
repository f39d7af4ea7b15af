// A channel and a room, mirrored into each other by the real clients through a real hub (I3, I14).
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { connect } from '../../testing/client.ts';
import { openSlackStage, type SlackStage, until } from '../../testing/slack.ts';

const test = suite('slack mirror');
let stage: SlackStage;

test.before(async () => {
  stage = await openSlackStage();
});
test.after(async () => stage[Symbol.asyncDispose]());

const message = async (text: string) => {
  const { messages } = await stage.ada.call('messages:read', { room: stage.room, limit: 200 });
  return messages.find(one => one.text === text);
};
const remote = (text: string) => stage.channel.messages.find(one => one.text === text);
const arrives = (text: string) =>
  until(
    async () => (await message(text)) !== undefined,
    () => `${text} here`,
  );
const posted = (text: string) =>
  until(
    () => remote(text) !== undefined,
    () => `${text} there`,
  );

test('what is said there stands here under the name of who said it, once, and is not sent back', async () => {
  const { post, slack, channel, adaThere, here, say } = stage;
  post('hello from *Bob* &amp; all');
  slack.talk.post(channel.id, adaThere.id, { text: 'and from Ada' });
  await arrives('and from Ada');
  assert.is((await message('hello from **Bob** & all'))?.by, `slack-${stage.bobThere.id.toLowerCase()}`);
  assert.is((await message('and from Ada'))?.by, 'ada');
  // What comes after them has passed them.
  await say('barrier');
  await posted('barrier');
  assert.equal(await here(), ['hello from **Bob** & all', 'and from Ada', 'barrier']);
  assert.equal(stage.there(), ['hello from *Bob* &amp; all', 'and from Ada', 'barrier']);
});

test('what is said here stands there under its author, with the id of the message on it, and does not come back', async () => {
  const { say, post, here } = stage;
  const id = await say('**bold** <!channel>');
  await posted('*bold* &lt;!channel&gt;');
  const found = remote('*bold* &lt;!channel&gt;');
  assert.is(found?.username, 'Ada');
  assert.is(found?.metadata?.event_payload.id, id);
  post('after it');
  await arrives('after it');
  assert.is((await here()).filter(text => text.startsWith('**bold**')).length, 1);
});

test('edits and deletes follow, both ways', async () => {
  const { slack, channel, bobThere, ada, room, say, post } = stage;
  const theirs = post('draft');
  await arrives('draft');
  slack.talk.edit(channel.id, bobThere.id, theirs.ts, 'final');
  await arrives('final');
  assert.ok((await message('final'))?.editedAt);
  slack.talk.remove(channel.id, bobThere.id, theirs.ts);
  await until(async () => (await message('final')) === undefined);

  const target = await say('mine');
  await posted('mine');
  await ada.call('message:edit', { room, target, id: crypto.randomUUID(), text: 'mine, better' });
  await posted('mine, better');
  await ada.call('message:delete', { room, target, id: crypto.randomUUID() });
  await until(() => remote('mine, better') === undefined);
});

test('threads keep together, both ways', async () => {
  const { post, say } = stage;
  const head = post('a thread of Slack');
  post('an answer there', { thread_ts: head.ts });
  await arrives('an answer there');
  const root = (await message('a thread of Slack'))?.id;
  assert.is((await message('an answer there'))?.root, root);
  await say('an answer from here', { replyTo: root });
  await posted('an answer from here');
  assert.is(remote('an answer from here')?.thread_ts, head.ts);

  const own = await say('a thread of ours');
  await posted('a thread of ours');
  post('and answered there', { thread_ts: remote('a thread of ours')?.ts as string });
  await arrives('and answered there');
  assert.is((await message('and answered there'))?.root, own);
});

test('reactions follow, both ways; the last of ours takes them away', async () => {
  const { slack, channel, bobThere, ada, hub, room, post, say } = stage;
  const theirs = post('react to me');
  await arrives('react to me');
  const target = (await message('react to me'))?.id as string;
  slack.talk.react(channel.id, bobThere.id, theirs.ts, '+1', true);
  await until(async () => (await message('react to me'))?.reactions[0]?.emoji === '👍');
  slack.talk.react(channel.id, bobThere.id, theirs.ts, '+1', false);
  await until(async () => (await message('react to me'))?.reactions.length === 0);

  await using eve = await connect(hub.url, { token: await hub.token('eve') });
  await eve.call('room:join', { room });
  const react = (client: typeof ada, on: boolean) =>
    client.call('message:react', { room, target, id: crypto.randomUUID(), emoji: '🎉', on });
  const tada = () => remote('react to me')?.reactions?.some(({ name }) => name === 'tada') ?? false;
  await react(ada, true);
  await react(eve, true);
  await until(tada);
  await react(ada, false);
  await say('one of two is left');
  await posted('one of two is left');
  assert.ok(tada());
  await react(eve, false);
  await until(() => !tada());
});

test('files come as links, and what is too long is cut with a word on where the rest is', async () => {
  const { slack, channel, bobThere, say, post } = stage;
  const files = [
    { id: 'F1', name: 'plan.pdf', title: 'The plan', permalink: 'https://files.example/plan.pdf' },
  ];
  slack.talk.post(channel.id, bobThere.id, { text: 'see', files });
  await arrives('see\n[The plan](https://files.example/plan.pdf)');
  post('ä'.repeat(20_000));
  await until(async () => (await stage.here()).some(text => text.endsWith('*(The rest is in Slack.)*')));
  await say('&'.repeat(16_000));
  await until(() => stage.there().some(text => text.includes('|Read the rest>_')));
});

test('people are called by their names, both ways', async () => {
  const { post, say, adaThere, bobThere } = stage;
  post(`ask <@${adaThere.id}> or <@${bobThere.id}>`);
  await arrives('ask @ada or @Bob.There');
  await say('thanks @ada');
  await posted(`thanks <@${adaThere.id}>`);
});

test('what came before the link stays where it is, and nothing follows after its end', async () => {
  const { slack, adaThere, say, post, command, here, there } = stage;
  const other = slack.workspace.addChannel('other', { members: [adaThere.id] });
  slack.talk.post(other.id, adaThere.id, { text: 'old words' });
  assert.match(await command('unlink'), /not linked/);
  await until(async () => (await command('status')).startsWith('This channel is not linked'));
  await until(async () => {
    const before = stage.channel.messages.length;
    return before === there().length;
  });
  assert.match(await slack.command(other.id, adaThere.id, `link ${stage.room}`), /are one from now on/);
  await until(async () => {
    slack.talk.post(other.id, adaThere.id, { text: 'new words' });
    return (await here()).includes('new words');
  });
  post('to nobody');
  await say('to the other channel');
  await until(() => other.messages.some(({ text }) => text === 'to the other channel'));
  assert.not.ok((await here()).includes('old words'));
  assert.not.ok((await here()).includes('to nobody'));
  assert.not.ok(there().includes('to the other channel'));
});

test.run();
