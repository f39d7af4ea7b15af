import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { brief, type Folder, openFolder, readAll } from './fixture.ts';
import { slackSource } from './slack.ts';

const test = suite('Slack exports');

const users = [
  { id: 'U1', name: 'ada', profile: { real_name: 'Ada Lovelace', display_name: '' } },
  { id: 'U2', name: 'bob.b', profile: { real_name: 'Bob', display_name: 'Bobby' } },
  { id: 'U3', name: 'ci', is_bot: true, profile: {} },
];
const channels = [
  { id: 'C1', name: 'general', creator: 'U1', topic: { value: 'All of us' } },
  { id: 'C2', name: 'empty' },
];

async function openExport(days: Record<string, object[]>): Promise<Folder> {
  const folder = await openFolder();
  await folder.write('users.json', users);
  await folder.write('channels.json', channels);
  for (const [name, messages] of Object.entries(days)) await folder.write(name, messages);
  return folder;
}

const say = (ts: string, text: string, more: object = {}) => ({
  type: 'message',
  user: 'U1',
  ts,
  text,
  ...more,
});

async function parse(messages: object[]) {
  await using folder = await openExport({ 'general/2024-05-01.json': messages });
  return await readAll(slackSource(folder.path, { room: 'general' }));
}

async function refusal(work: (folder: Folder) => Promise<unknown>): Promise<string> {
  await using folder = await openExport({
    'general/2024-05-01.json': [say('1.1', 'x')],
    'random/2024-05-01.json': [],
  });
  try {
    await work(folder);
  } catch (error) {
    return (error as Error).message.replaceAll(folder.path, 'export');
  }
  return 'was read';
}

test('people by their handles, with display names and roles; the room by its channel', async () => {
  const { entries, findings } = await parse([
    say('1714521600.000100', 'has joined', { subtype: 'channel_join' }),
    say('1714521601.000200', 'hello'),
    {
      type: 'message',
      subtype: 'bot_message',
      bot_id: 'B9',
      username: 'ci',
      ts: '1714521602.0',
      text: 'built',
    },
    say('1714521603.0', 'sighs', { subtype: 'me_message', user: 'U2' }),
    say('1714521604.0', 'left', { subtype: 'channel_leave', user: 'U2' }),
    say('1714521605.0', 'new topic', { subtype: 'channel_topic' }),
    say('1714521606.0', '', {}),
  ]);
  assert.equal(entries.map(brief), [
    'ada member.joined ada',
    'ada message.created hello',
    'ci message.created built',
    'bob.b message.created *sighs*',
    'bob.b member.left bob.b',
  ]);
  assert.is(entries[1]?.at, '2024-05-01T00:00:01.000Z');
  assert.equal(findings.people.get('ada'), { name: 'Ada Lovelace', role: 'member' });
  assert.equal(findings.people.get('ci'), { name: 'ci', role: 'bot' });
  assert.equal(findings.room, { title: 'general', kind: 'public', topic: 'All of us' });
  assert.equal(Object.fromEntries(findings.skipped), { "Slack's channel_topic": 1, 'empty text': 1 });
});

test("Slack's markup becomes readable text; mentions are people", async () => {
  const { entries } = await parse([
    say(
      '1.0',
      'Hi <@U2> &amp; <@U9|gone>, see <#C1|general>: <https://a.b/?x=1&amp;y=2|the page> <https://c.d> <!here> 1 &lt; 2',
    ),
  ]);
  const [message] = entries;
  assert.is(
    message && brief(message),
    'ada message.created Hi @bob.b & @U9, see #general: [the page](https://a.b/?x=1&y=2) https://c.d @here 1 < 2',
  );
  assert.equal(message?.type === 'message.created' && message.data.mentions, ['bob.b', 'U9']);
});

test('threads, edits, reactions, files and attachments', async () => {
  const { entries } = await parse([
    say('10.0', 'root', {
      thread_ts: '10.0',
      edited: { user: 'U1', ts: '12.0' },
      reactions: [{ name: '+1', users: ['U2', 'U1'] }],
    }),
    say('11.0', 'answer', { user: 'U2', thread_ts: '10.0' }),
    say('12.0', 'to what is gone', { thread_ts: '9.0' }),
    say('13.0', '', { files: [{ name: 'a.pdf', permalink: 'https://f/a.pdf' }] }),
    {
      type: 'message',
      subtype: 'bot_message',
      username: 'ci',
      ts: '14.0',
      text: '',
      attachments: [{ fallback: 'Build 7 failed' }],
    },
  ]);
  assert.equal(entries.map(brief), [
    'ada message.created root',
    'ada message.edited root',
    'bob.b reaction.added 👍',
    'ada reaction.added 👍',
    'bob.b message.created answer',
    'ada message.created to what is gone',
    'ada message.created [a.pdf](https://f/a.pdf)',
    'ci message.created Build 7 failed',
  ]);
  const [root, edit, reaction, , answer, orphan] = entries;
  assert.is(answer?.type === 'message.created' && answer.data.replyTo, root?.id);
  assert.is(edit?.type === 'message.edited' && edit.data.target, root?.id);
  assert.is(reaction?.type === 'reaction.added' && reaction.data.target, root?.id);
  assert.not('replyTo' in (orphan?.data ?? {}));
  assert.is(new Set(entries.map(({ id }) => id)).size, entries.length);
});

test('days are read in order, and one channel may be named by its folder', async () => {
  await using folder = await openExport({
    'general/2024-05-02.json': [say('200.0', 'second')],
    'general/2024-05-01.json': [say('101.0', 'first b'), say('100.0', 'first a')],
    'random/2024-05-01.json': [say('1.0', 'elsewhere')],
  });
  const byName = await readAll(slackSource(folder.path, { room: 'x', channel: 'general' }));
  const byFolder = await readAll(slackSource(`${folder.path}/general`, { room: 'x' }));
  assert.equal(byName.entries.map(brief), [
    'ada message.created first a',
    'ada message.created first b',
    'ada message.created second',
  ]);
  assert.equal(byFolder.entries, byName.entries);
});

test('what is missing or broken is told by name', async () => {
  const read = (folder: string, channel?: string) => readAll(slackSource(folder, { room: 'x', channel }));
  assert.is(
    await refusal(({ path }) => read(path)),
    'The export has several channels: name one with --channel. There are general, random.',
  );
  assert.is(
    await refusal(({ path }) => read(path, 'nope')),
    'The export has no channel "nope". There are general, random.',
  );
  assert.is(
    await refusal(({ path }) => read(`${path}/x.zip`)),
    'Unpack export/x.zip first and name the folder.',
  );
  assert.is(
    await refusal(({ path }) => read(`${path}/none`)),
    'export/none is not a folder. Name the unpacked Slack export.',
  );
  assert.is(
    await refusal(async ({ path, write }) => {
      await write('general/2024-05-01.json', '[{');
      return read(path, 'general');
    }),
    'export/general/2024-05-01.json is not JSON.',
  );
  assert.match(
    await refusal(async ({ path, write }) => {
      await write('general/2024-05-01.json', [{ ts: 'noon' }]);
      return read(path, 'general');
    }),
    /^export\/general\/2024-05-01\.json is not as Slack writes it: 0\.ts: /,
  );
});

test.run();
